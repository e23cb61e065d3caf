import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const PATRONI = `
scope: lab
name: one
restapi: { listen: '0.0.0.0:8008', connect_address: 'database:8008' }
etcd3: { hosts: 'etcd:2379' }
bootstrap:
  dcs: { ttl: 20, loop_wait: 1, retry_timeout: 3, postgresql: { use_pg_rewind: true } }
  initdb: [data-checksums]
postgresql:
  listen: 0.0.0.0:5432
  connect_address: database:5432
  data_dir: /var/lib/postgresql/data
  pg_hba: ['local all all trust', 'host all all all scram-sha-256']
  authentication:
    superuser: { username: postgres, password: secret }
    replication: { username: replicator, password: secret }
`;
const POOLER = `
[databases]
* = host=database port=5432
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
pool_mode = transaction
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
`;
const ROOT = { user: 'postgres', password: 'secret', database: 'postgres' };
const ETCD = { ETCD_LISTEN_CLIENT_URLS: 'http://0.0.0.0:2379', ETCD_ADVERTISE_CLIENT_URLS: 'http://etcd:2379' };

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

afterAll(async () => {
  await bench.close();
});

async function connect(container: string, port: number, options: ClientConfig): Promise<Client> {
  const address = await bench.address(container, port);
  const client = new Client({ host: address.host, port: address.port, connectionTimeoutMillis: 2_000, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function exitCodeOf(container: string): Promise<number> {
  return Number((await bench.docker('inspect', '-f', '{{.State.ExitCode}}', container)).stdout);
}

async function stopQuickly(container: string): Promise<void> {
  const stopped = await bench.docker('stop', '--time', '30', container);
  expect(stopped.durationMs).toBeLessThan(10_000);
}

describe('etcd, Patroni and PgBouncer together', () => {
  let etcd: string;
  let patroni: string;
  let pooler: string;

  beforeAll(async () => {
    const [etcdImage, patroniImage, poolerImage] = await Promise.all([
      bench.image('etcd'),
      bench.image('patroni'),
      bench.image('pgbouncer'),
    ]);
    etcd = await bench.start({ image: etcdImage, alias: 'etcd', env: { ...ETCD, ETCD_DATA_DIR: '/var/lib/etcd/lab' } });
    const config = await bench.folder({ 'patroni.yml': PATRONI });
    const pooling = await bench.folder({ 'pgbouncer.ini': POOLER, 'userlist.txt': '"postgres" "secret"\n' });
    patroni = await bench.start({
      image: patroniImage,
      alias: 'database',
      publish: 5432,
      mounts: { [config]: '/etc/own' },
      command: ['patroni', '/etc/own/patroni.yml'],
    });
    pooler = await bench.start({ image: poolerImage, publish: 6432, mounts: { [pooling]: '/etc/pgbouncer' } });
  });

  it('etcd answers for its health and keeps its data where it is told', async () => {
    const health = () => bench.docker('exec', etcd, 'etcdctl', 'endpoint', 'health');
    await bench.until('etcd', async () => (await health()).exitCode === 0);
    expect((await bench.docker('exec', etcd, 'ls', '/var/lib/etcd/lab')).stdout).toBe('member\n');
  });

  it('Patroni makes a cluster as user 999 and leads it', async () => {
    const client = await bench.until('the leader', () => connect(patroni, 5432, ROOT));
    const writable = async () =>
      (await client.query<{ is_replica: boolean }>('SELECT pg_is_in_recovery() AS is_replica')).rows[0]?.is_replica ===
      false;
    await bench.until('the promotion', writable);
    await client.query('CREATE TABLE kept AS SELECT 7 AS number');
    await client.end();
    const { stdout } = await bench.docker('exec', patroni, 'cat', '/proc/1/comm', '/proc/1/status');
    expect(stdout).toMatch(/^patroni\n/);
    expect(stdout).toMatch(/^Uid:\s+999\s/m);
    const list = await bench.docker('exec', patroni, 'patronictl', '-c', '/etc/own/patroni.yml', 'list', '-f', 'json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ Member: 'one', Role: 'Leader', State: 'running' }]);
  });

  it('PgBouncer passes queries on as user 999, and stops when it is told', async () => {
    const client = await bench.until('the pooler', () => connect(pooler, 6432, ROOT));
    const { rows } = await client.query('SELECT number FROM kept');
    expect(rows).toEqual([{ number: 7 }]);
    expect((await bench.docker('exec', pooler, 'cat', '/proc/1/status')).stdout).toMatch(/^Uid:\s+999\s/m);
    await stopQuickly(pooler);
    expect(await exitCodeOf(pooler)).toBe(0);
  });

  it('Patroni and etcd stop cleanly and come back with what they had', async () => {
    await stopQuickly(patroni);
    expect(await exitCodeOf(patroni)).toBe(0);
    await stopQuickly(etcd);
    await bench.docker('start', etcd);
    await bench.docker('start', patroni);
    const client = await bench.until('the second start', () => connect(patroni, 5432, ROOT));
    const { rows } = await client.query('SELECT number FROM kept');
    await client.end();
    expect(rows).toEqual([{ number: 7 }]);
  });
});

it('the image with Patroni starts as plain PostgreSQL too, and has the programs of a rejoin', async () => {
  const image = await bench.image('patroni');
  const container = await bench.start({ image, publish: 5432, env: { POSTGRES_PASSWORD: 'secret' } });
  const client = await bench.until('the cluster', () => connect(container, 5432, ROOT));
  await client.end();
  const programs = ['patroni', 'pg_rewind', 'pg_waldump', 'pg_basebackup', 'gosu'];
  const ran = await Promise.all([
    ...programs.map((program) => bench.docker('exec', container, program, '--version')),
    bench.docker('exec', container, 'patronictl', 'version'),
  ]);
  expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const { stdout } = await bench.docker('exec', container, 'cat', '/proc/1/comm');
  expect(stdout).toBe('postgres\n');
});
