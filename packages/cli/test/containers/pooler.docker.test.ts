import { endpointUnit, poolerUnit } from '@flotilla/model';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { switchover } from '@flotilla/failover';
import { DATABASE, SERVICE } from './environment.ts';
import { openFleet, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const WRITE_PORT = 5432;
const READ_PORT = 5433;
/** More clients than the pool has connections. */
const CLIENTS = 12;
const POOL_SIZE = 3;

let fleet: TestFleet;
let pooler: string;

beforeAll(async () => {
  fleet = await openFleet({ isPooled: true });
  await fleet.startBeside(fleet.witness, endpointUnit(SERVICE), 'haproxy');
  pooler = await fleet.startBeside(fleet.witness, poolerUnit(SERVICE), 'pgbouncer');
  await until('the pooler', () => ask(WRITE_PORT, 'SELECT 1'));
});

afterAll(async () => {
  await fleet?.close();
});

function connect(port: number, password = fleet.password): Client {
  const options = { host: pooler, port, user: DATABASE, database: DATABASE, password };
  const client = new Client({ ...options, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  return client;
}

async function ask(port: number, sql: string): Promise<readonly unknown[]> {
  const client = connect(port);
  try {
    await client.connect();
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

it('leads writes to the primary and reads to the replica, under the passwords of the owners', async () => {
  expect(await ask(WRITE_PORT, 'SELECT pg_is_in_recovery()')).toEqual([[false]]);
  expect(await ask(READ_PORT, 'SELECT pg_is_in_recovery()')).toEqual([[true]]);
  await expect(connect(WRITE_PORT, 'wrong').connect()).rejects.toMatchObject({ code: '08P01' });
});

it('shares few connections among many clients, prepared statements included', async () => {
  const clients = Array.from({ length: CLIENTS }, () => connect(WRITE_PORT));
  await Promise.all(clients.map((client) => client.connect()));
  const statement = { name: 'backend', text: 'SELECT pg_backend_pid() AS pid, pg_sleep(0.02)' };
  const rounds = await Promise.all(
    clients.map(async (client) => [
      await client.query<{ pid: number }>(statement),
      await client.query<{ pid: number }>(statement),
    ]),
  );
  const backends = new Set(rounds.flat().map(({ rows }) => rows[0]?.pid));
  expect(backends.size).toBeLessThanOrEqual(POOL_SIZE);
  await Promise.all(clients.map((client) => client.end()));
});

it('follows a switchover', async () => {
  const client = connect(WRITE_PORT);
  await client.connect();
  await client.query('CREATE TABLE moves (number int)');
  await switchover(fleet.tools, 'db2');
  const insert = async () => (await ask(WRITE_PORT, 'INSERT INTO moves VALUES (1) RETURNING number')).length === 1;
  const startedAt = performance.now();
  await until('a write', insert);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await fleet.query(fleet.db2, 'SELECT number FROM moves')).toEqual([{ number: 1 }]);
  await client.end();
});
