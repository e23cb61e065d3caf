import { gunzipSync } from 'node:zlib';

import { paths } from '@flotilla/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { discardKept, failover, listKept, readMemory, rejoin, switchover } from '@flotilla/failover';
import { ENVIRONMENT, SERVER_NAMES, SERVICE } from './environment.ts';
import { openFleet, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';
import { createTable, upTo } from './table.ts';
import type { Table } from './table.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 600_000 });

const REACHED = 20;
const WRITTEN = 23;
/** Rows of one more commit that never reaches the replica. */
const BULK = 200_000;
const KEPT = `${paths.data(ENVIRONMENT, SERVICE)}/pgdata.superseded-3`;

let fleet: TestFleet;
let table: Table;

beforeAll(async () => {
  fleet = await openFleet();
  table = await createTable(fleet);
});

afterAll(async () => {
  await fleet?.close();
});

async function terms(): Promise<readonly unknown[]> {
  const all = await Promise.all(SERVER_NAMES.map((name) => fleet[name].status()));
  return all.map((status) => [status?.record?.term, status?.record?.holder, status?.record?.phase]);
}

/** By the engine's own word: a log file is named after its timeline. */
async function timelineOf(server: TestServer): Promise<number> {
  const sql = 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline';
  const [row] = await fleet.query<{ timeline: string }>(server, sql);
  return Number.parseInt(row?.timeline ?? '', 16);
}

/** What a client's write on this server ends with: `written`, an SQLSTATE, or the error of the connection. */
async function tryWrite(server: TestServer, number: number): Promise<string> {
  try {
    await table.insert(server, number);
    return 'written';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** Drops what db1's engine sends to db2. What was sent before stays in flight for as long as this lasts. */
async function cutReplication(): Promise<void> {
  const script = `nft add table inet cut
nft add chain inet cut arriving '{ type filter hook input priority 0; }'
nft add rule inet cut arriving ip saddr "$1" tcp sport 5432 drop`;
  await fleet.db2.shell(script, fleet.db1.host);
}

async function joinReplication(): Promise<void> {
  await fleet.db2.shell('nft delete table inet cut');
}

describe('a primary that serves', () => {
  it('is not failed over', async () => {
    const refused = failover(fleet.tools, { acceptLoss: true });
    await expect(refused).rejects.toMatchObject({ code: 'FAILOVER_PRIMARY_HEALTHY' });
    expect(await terms()).toEqual(SERVER_NAMES.map(() => [1, 'db1', 'promoted']));
    expect(await timelineOf(fleet.db1)).toBe(1);
  });
});

describe('a primary that is killed while its last rows are on their way', () => {
  beforeAll(async () => {
    for (const number of upTo(REACHED)) await table.insert(fleet.db1, number);
    await table.untilShown(fleet.db2, upTo(REACHED));
    await cutReplication();
    for (let number = REACHED + 1; number <= WRITTEN; number += 1) await table.insert(fleet.db1, number);
    await table.untilShown(fleet.db1, upTo(WRITTEN));
    const bulk = 'INSERT INTO waybills SELECT generate_series(1000001, 1000000 + $1::int)';
    await fleet.query(fleet.db1, bulk, [BULK]);
    await until('the guard of db2 to see what db2 lacks', async () => {
      const status = await fleet.db2.status();
      return BigInt(status?.seen?.['db1']?.engine.lsn ?? 0) > BigInt(status?.engine.lsn ?? 0);
    });
    await fleet.db1.docker('kill', SERVICE);
  });

  it('is not replaced without a majority', async () => {
    await Promise.all([fleet.db1.docker('stop', 'guard'), fleet.witness.docker('stop', 'guard')]);
    const refused = failover(fleet.tools, { acceptLoss: true });
    await expect(refused).rejects.toMatchObject({ code: 'FAILOVER_CLAIM_REFUSED' });
    expect(await fleet.db2.status()).toMatchObject({ record: { term: 2, holder: 'db2', phase: 'claimed' } });
    const order = await fleet.db2.order('promote', { term: 2, acceptLoss: true });
    expect(order).toMatchObject({ status: 409, body: { code: 'NO_MAJORITY', servers: ['db1', 'witness'] } });
    expect(await tryWrite(fleet.db2, 99)).toBe('25006');
    await Promise.all([fleet.db1.docker('start', 'guard'), fleet.witness.docker('start', 'guard')]);
    await until('the guards', async () => (await fleet.db1.status()) && (await fleet.witness.status()));
  });

  it('is not replaced before a person accepts the loss', async () => {
    const refused = failover(fleet.tools, { acceptLoss: false });
    await expect(refused).rejects.toMatchObject({ code: 'FAILOVER_LOSS_NOT_ACCEPTED' });
    expect(await tryWrite(fleet.db2, 99)).toBe('25006');
  });

  it('is replaced in the next term by its replica, which has every row that had reached it', async () => {
    const report = await failover(fleet.tools, { acceptLoss: true });
    expect(report).toMatchObject({ kind: 'failover', from: 'db1', to: 'db2', term: 3 });
    expect(report.fence).toMatchObject({ kind: 'stopped', server: 'db1' });
    const steps = ['observe', 'loss', 'lock', 'claim', 'fence', 'open', 'probe', 'record'];
    expect(report.events.map(({ step }) => step)).toEqual(steps);
    expect(report.probe).toEqual({ writers: ['db2'], agreedBy: ['db1', 'db2', 'witness'] });
    expect(report.loss?.missing).toMatchObject({ unit: 'bytes' });
    expect(report.loss?.missing?.amount).toBeGreaterThan(0n);
    await until('a write on db2', async () => (await tryWrite(fleet.db2, 100)) === 'written');
    expect(await table.numbersOn(fleet.db2)).toEqual([...upTo(REACHED), 100]);
    expect(await timelineOf(fleet.db2)).toBe(2);
    expect(await terms()).toEqual(SERVER_NAMES.map(() => [3, 'db2', 'promoted']));
    expect(Date.parse(report.loss?.since ?? '')).toBeLessThan(Date.parse(report.loss?.until ?? ''));
    await joinReplication();
  });
});

describe('the old primary', () => {
  it('takes no write when it is started again, and returns as a replica of the new one', async () => {
    expect(await tryWrite(fleet.db1, -1)).toBe('ECONNREFUSED');
    await fleet.db1.docker('start', SERVICE);
    const writes = new Set<string>();
    const verdicts = new Set<string>();
    await until('the stream', async () => {
      writes.add(await tryWrite(fleet.db1, -1));
      const status = await fleet.db1.status();
      if (status !== undefined) verdicts.add(status.verdict.kind);
      return status?.engine.role === 'replica' && status.engine.streaming;
    });
    expect(verdicts).toEqual(new Set(['closed', 'replica']));
    expect(writes).not.toContain('written');
    expect(writes).toContain('ECONNREFUSED');
    await table.insert(fleet.db2, 101);
    await table.untilShown(fleet.db1, [...upTo(REACHED), 100, 101]);
    expect(await table.numbersOn(fleet.db1)).toEqual([...upTo(REACHED), 100, 101]);
  });

  it('keeps what only it had, and a rejoin counts it and reads it back', async () => {
    const pieces: Uint8Array[] = [];
    const save = (_name: string, piece: Uint8Array) => Promise.resolve(void pieces.push(piece));
    const report = await rejoin(fleet.tools, 'db1', { save });
    expect(report).toMatchObject({
      server: 'db1',
      primary: 'db2',
      divergence: { server: 'db1', commits: WRITTEN - REACHED + 1 },
    });
    expect(await fleet.db1.shell('cat "$1/PG_VERSION"', KEPT)).toBe('17\n');
    const dump = gunzipSync(Buffer.concat(pieces)).toString();
    expect(report.saved?.sizeBytes).toBe(Buffer.concat(pieces).length);
    const copied = /COPY public\.waybills [^;]*;\n([\d\n]*)/.exec(dump)?.[1] ?? '';
    const numbers = copied
      .trim()
      .split('\n')
      .map(Number)
      .toSorted((left, right) => left - right);
    expect(numbers.slice(0, WRITTEN)).toEqual(upTo(WRITTEN));
    expect(numbers).toHaveLength(WRITTEN + BULK);
    expect(dump).not.toContain('SCRAM-SHA-256');
  });

  it('is refused a second failover so soon, and everybody remembers the first', async () => {
    const memory = await readMemory(fleet.tools.fleet, fleet.tools.target);
    expect(memory).toMatchObject({ last: { kind: 'rejoin', outcome: 'done' }, failover: { from: 'db1', to: 'db2' } });
    await fleet.db2.docker('kill', SERVICE);
    const refused = failover(fleet.tools, { acceptLoss: true });
    await expect(refused).rejects.toMatchObject({ code: 'FAILOVER_QUIET_PERIOD' });
    await fleet.db2.docker('start', SERVICE);
    await until('the primary', async () => (await fleet.db2.status())?.verdict.kind === 'open');
    await until('the stream', async () => (await fleet.db1.status())?.engine.streaming);
  });

  it('is rid of what it kept only by name', async () => {
    const kept = (await listKept(fleet.tools.fleet, fleet.tools.target)).map(({ server, name }) => [server, name]);
    expect(kept).toEqual([['db1', 'pgdata.superseded-3']]);
    const refused = discardKept(fleet.tools.fleet, fleet.tools.target, { server: 'db1', name: 'pgdata' });
    await expect(refused).rejects.toMatchObject({ code: 'FAILOVER_KEPT_UNKNOWN' });
    await discardKept(fleet.tools.fleet, fleet.tools.target, { server: 'db1', name: 'pgdata.superseded-3' });
    expect(await listKept(fleet.tools.fleet, fleet.tools.target)).toEqual([]);
  });

  it('gets its role back by a switchover that loses nothing, and the other follows without a copy', async () => {
    const report = await switchover(fleet.tools, 'db1');
    expect(report).toMatchObject({ kind: 'switchover', from: 'db2', to: 'db1', term: 4 });
    expect(report.loss).toBeUndefined();
    await until('a write on db1', async () => (await tryWrite(fleet.db1, 102)) === 'written');
    const rows = [...upTo(REACHED), 100, 101, 102];
    await table.untilShown(fleet.db2, rows);
    expect(await table.numbersOn(fleet.db1)).toEqual(rows);
    expect(await timelineOf(fleet.db1)).toBe(3);
    expect(await fleet.db2.status()).toMatchObject({ verdict: { kind: 'replica', of: 'db1', term: 4 } });
    expect(await fleet.db2.shell('ls "$1"', paths.data(ENVIRONMENT, SERVICE))).toBe('pgdata\n');
  });
});
