import { describe, expect, it } from 'vitest';

import { imageFor, tagOf } from './names.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;

describe('imageFor', () => {
  it.each([
    ['postgres', 'postgres'],
    [`postgres:17.6@${DIGEST}`, 'postgres'],
    [`haproxy@${DIGEST}`, 'haproxy'],
    ['registry.example/library/nginx:1.28.0', 'nginx'],
    [`registry.example:5000/example/waybill:4.2.0@${DIGEST}`, 'waybill'],
    ['registry.example/example/guard', 'guard'],
    ['ghcr.io/example/ledger:1.0.0', 'ledger'],
    ['mysql:9.7.4', 'mysql'],
    [`mariadb:11.8@${DIGEST}`, 'mariadb'],
    ['docker.io/library/redis:8.0.2', 'redis'],
    [`quay.io/coreos/etcd:v3.5.16@${DIGEST}`, 'etcd'],
    ['gcr.io/etcd-development/etcd', 'etcd'],
    ['edoburu/pgbouncer:v1.24.1-p1', 'pgbouncer'],
    ['ghcr.io/example/patroni:17-4.0', 'patroni'],
  ])('knows %s', (reference, name) => {
    expect(imageFor(reference)).toBe(name);
  });

  it.each([
    'bitnami/postgres:17',
    'percona/mysql:9',
    'redis/redis-stack',
    'postgres-exporter',
    'nginx/nginx-ingress',
    'server',
    '',
  ])('has nothing for %s', (reference) => {
    expect(imageFor(reference)).toBeUndefined();
  });
});

describe('tagOf', () => {
  it('reads the tag between the path and the digest', () => {
    expect(tagOf(`registry.example:5000/example/waybill:4.2.0@${DIGEST}`)).toBe('4.2.0');
  });

  it('does not take a port or a digest for a tag', () => {
    expect(tagOf('registry.example:5000/example/waybill')).toBeUndefined();
    expect(tagOf(`waybill@${DIGEST}`)).toBeUndefined();
  });
});
