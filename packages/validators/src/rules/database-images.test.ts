import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, found, place } from '../../test/support.ts';
import { databaseImages } from './database-images.ts';

const database = (kind: string, image: string, fields = '') => {
  const databases = kind === 'redis' ? '' : 'databases: [x], ';
  return fleet({ services: `  db: { kind: ${kind}, primary: a, ${databases}memory: 1GiB, ${fields}image: ${image} }` });
};

describe('database-images', () => {
  it.each([
    ['postgres', `postgres:17.6@${DIGEST}`],
    ['postgres', 'registry.example:5000/mysql/postgres:17.6'],
    ['postgres', 'ghcr.io/example/orders-db:v17.6'],
    ['postgres', 'example/postgres-mysql-fdw:17.6'],
    ['mysql', `mysql:8.4.7@${DIGEST}`],
    ['mariadb', 'mariadb:11.8.2'],
    ['redis', `redis:8.2.1@${DIGEST}`],
    ['redis', 'redis/redis-stack-server:7.4'],
  ])('accepts for %s the image %s', (kind, image) => {
    expect(found(databaseImages, database(kind, image))).toEqual([]);
  });

  it.each([
    ['postgres', 'mysql:8.4'],
    ['postgres', 'docker.io/example/mariadb:11.4'],
    ['postgres', `redis@${DIGEST}`],
    ['postgres', 'redis-stack:7.4'],
    ['mysql', 'mariadb:11.8.2'],
    ['mariadb', 'mysql:9.7.0'],
    ['redis', 'valkey/valkey:8.1'],
  ])('rejects for %s the other engine in %s, at the image', (kind, image) => {
    const text = database(kind, image);
    expect(found(databaseImages, text)).toEqual([`VALIDATE_DATABASE_IMAGE ${place(text, image)}`]);
  });

  it.each(['bitnami/postgresql:17.6.0', 'docker.io/bitnamilegacy/postgresql:16.4.0', 'r.example/bitnami/postgres:17'])(
    'rejects %s, which keeps another contract and is repaired by nobody',
    (image) => {
      const text = database('postgres', image);
      expect(found(databaseImages, text)).toEqual([`VALIDATE_IMAGE_BITNAMI ${place(text, image)}`]);
    },
  );

  it.each([
    ['mysql', `mysql:8.0.43@${DIGEST}`],
    ['mysql', 'mysql:5.7'],
    ['postgres', 'postgres:12.22'],
    ['redis', 'redis:6.0.20'],
  ])('rejects for %s the version in %s', (kind, image) => {
    const text = database(kind, image);
    expect(found(databaseImages, text)).toEqual([`VALIDATE_IMAGE_TOO_OLD ${place(text, image)}`]);
  });

  it('takes a major version alone for its newest, because another rule refuses it', () => {
    expect(found(databaseImages, database('mysql', 'mysql:8'))).toEqual([]);
    expect(found(databaseImages, database('mysql', 'mysql:lts'))).toEqual([]);
  });

  it('rejects the official image where Patroni is to decide, and no other', () => {
    const automatic = 'replicas: [b, c], failover: automatic, ';
    const text = database('postgres', `postgres:17.6@${DIGEST}`, automatic);
    expect(found(databaseImages, text)).toEqual([`VALIDATE_IMAGE_WITHOUT_PATRONI ${place(text, 'postgres:17.6')}`]);
    expect(found(databaseImages, database('postgres', 'ghcr.io/example/postgres:17.6-4.0', automatic))).toEqual([]);
  });

  it('says nothing of another engine in a service of another kind', () => {
    const app = fleet({ services: '  cache: { kind: app, image: redis:8.2.1, on: [a], port: 6379, memory: 1GiB }' });
    expect(found(databaseImages, app)).toEqual([]);
  });
});
