import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, found, place } from '../../test/support.ts';
import { databaseImages } from './database-images.ts';

const database = (image: string) =>
  fleet({ services: `  db: { kind: postgres, primary: a, databases: [x], memory: 1GiB, image: ${image} }` });

describe('database-images', () => {
  it.each([`postgres:17.6@${DIGEST}`, 'registry.example:5000/mysql/postgres:17.6', 'ghcr.io/example/orders-db:1.0'])(
    'accepts %s',
    (image) => {
      expect(found(databaseImages, database(image))).toEqual([]);
    },
  );

  it.each(['mysql:8.4', 'docker.io/bitnami/mariadb:11.4', 'redis', `redis@${DIGEST}`, 'redis-stack:7.4'])(
    'rejects %s, at the image',
    (image) => {
      const text = database(image);
      expect(found(databaseImages, text)).toEqual([`VALIDATE_DATABASE_IMAGE ${place(text, image)}`]);
    },
  );

  it('accepts PostgreSQL that reads another engine, and another engine in a service of another kind', () => {
    expect(found(databaseImages, database('example/postgres-mysql-fdw:17.6'))).toEqual([]);
    const app = fleet({ services: '  cache: { kind: app, image: redis:8.2.1, on: [a], port: 6379, memory: 1GiB }' });
    expect(found(databaseImages, app)).toEqual([]);
  });
});
