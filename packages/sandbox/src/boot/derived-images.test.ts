import { parseEnvironment } from '@flotilla/model';
import { expect, test } from 'vitest';

import { derivedImages } from './derived-images.ts';

function derive(database: string, rest = '') {
  const text = `environment: lab
servers: { a: { host: 192.0.2.1, cpus: 1, memory: 1GiB } }
services:
  db: { kind: postgres, image: "postgres:17", primary: a, databases: [x], memory: 512MiB${database} }
${rest}`;
  const parsed = parseEnvironment({ entry: 'environment.yaml', read: () => text });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return Object.fromEntries(derivedImages(parsed.environment));
}

test('a database without wishes derives nothing more', () => {
  expect(derive('', 'images: { etcd: "example.org/etcd:1" }')).toEqual({});
});

test('Patroni needs etcd and pooling its pooler, as named or from the bench', () => {
  expect(derive(', failover: automatic, pooling: {}')).toEqual({ etcd: 'etcd', pooler: 'pgbouncer' });
  expect(derive(', failover: automatic', 'images: { etcd: "example.org/etcd:1" }')).toEqual({
    etcd: 'example.org/etcd:1',
  });
});
