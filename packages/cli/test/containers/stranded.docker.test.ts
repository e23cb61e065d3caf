import { paths } from '@flotilla/model';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { failover, switchover } from '@flotilla/failover';
import { ENVIRONMENT, SERVICE } from './environment.ts';
import { openFleet, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';
import { createTable, upTo } from './table.ts';
import type { Table } from './table.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

let fleet: TestFleet;
let table: Table;

beforeAll(async () => {
  fleet = await openFleet({ members: ['db1', 'db2', 'witness'], walKeep: '32MiB' });
  table = await createTable(fleet);
  await table.insert(fleet.db1, 1);
});

afterAll(async () => {
  await fleet?.close();
});

async function superuser(server: TestServer, sql: string): Promise<string> {
  const script = 'docker exec -u postgres "$1" psql -XAtc "$2"';
  return (await server.shell(script, `${ENVIRONMENT}-${SERVICE}`, sql)).trim();
}

async function isStreaming(server: TestServer, of: string): Promise<boolean> {
  const status = await server.status();
  return status?.verdict.kind === 'replica' && status.verdict.of === of && status.engine.streaming === true;
}

/** What keeps this server's replica from following; `undefined` when nothing does. */
async function strandedOn(server: TestServer): Promise<string | undefined> {
  const status = await server.status();
  return status?.verdict.kind === 'replica' ? status.verdict.stranded : undefined;
}

it('marks a replica whose log the primary removed, and a rejoin clones it', async () => {
  await fleet.witness.docker('stop', SERVICE);
  for (let round = 0; round < 6; round += 1) {
    await superuser(fleet.db1, `SELECT pg_logical_emit_message(false, 'filling', repeat('x', 15000000))`);
    await superuser(fleet.db1, 'SELECT pg_switch_wal()');
  }
  await superuser(fleet.db1, 'CHECKPOINT');
  await fleet.witness.docker('start', SERVICE);
  await until('the mark', async () => (await strandedOn(fleet.witness)) === 'behind');
  expect((await fleet.witness.status())?.engine.streaming).toBe(false);
  expect((await fleet.witness.order('rejoin', { term: 1 })).status).toBe(200);
  await until('the clone', () => isStreaming(fleet.witness, 'db1'));
  expect(await strandedOn(fleet.witness)).toBeUndefined();
  expect(await fleet.witness.shell('ls "$1"', paths.data(ENVIRONMENT, SERVICE))).toContain('pgdata.superseded-1');
});

it('keeps what a replica had received beyond the fork aside, and clones it by itself', async () => {
  await fleet.db2.shell(CUT, fleet.db1.host);
  await table.insert(fleet.db1, 2);
  await table.untilShown(fleet.witness, upTo(2));
  await fleet.db1.docker('kill', SERVICE);
  await failover(fleet.tools, { to: 'db2', acceptLoss: true });
  await fleet.db2.shell('nft delete table inet cut');
  await until('the mark', async () => (await strandedOn(fleet.witness)) === 'ahead');
  await table.insert(fleet.db2, 3);
  await until('the clone', async () => (await table.numbersOn(fleet.witness)).join() === '1,3');
  expect(await fleet.witness.shell('ls "$1"', paths.data(ENVIRONMENT, SERVICE))).toContain('pgdata.superseded-2');
  await fleet.db1.docker('start', SERVICE);
  await until('db1 to stream', () => isStreaming(fleet.db1, 'db2'));
  await switchover(fleet.tools, 'db1');
  await until('both to stream', async () => (await isStreaming(fleet.db2, 'db1')) && isStreaming(fleet.witness, 'db1'));
});

const CUT = `nft add table inet cut
nft add chain inet cut arriving '{ type filter hook input priority 0; }'
nft add rule inet cut arriving ip saddr "$1" tcp sport 5432 drop`;
