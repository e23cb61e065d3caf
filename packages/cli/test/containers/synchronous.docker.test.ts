import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { failover, switchover } from '@flotilla/failover';
import type { SynchronousFacts } from '@flotilla/model';
import { SERVICE } from './environment.ts';
import { openFleet, staysFalse, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';
import { createTable, upTo } from './table.ts';
import type { Table } from './table.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 600_000 });

let fleet: TestFleet;
let table: Table;

/** How long a write may hang before it counts as waiting. */
const HANGS_MS = 3_000;

async function synchronousOf(server: TestServer): Promise<SynchronousFacts | undefined> {
  return (await server.status())?.engine.synchronous;
}

async function untilState(server: TestServer, state: SynchronousFacts['state']): Promise<SynchronousFacts> {
  return until(`${server.name} to be ${state}`, async () => {
    const found = await synchronousOf(server);
    return found?.state === state && found;
  });
}

/** A write whose end a test looks at later: `written`, an SQLSTATE, or the error of the connection. */
function begin(server: TestServer, number: number): { readonly end: Promise<string>; isOver(): boolean } {
  let over = false;
  const end = table
    .insert(server, number)
    .then(
      () => 'written',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    )
    .finally(() => {
      over = true;
    });
  return { end, isOver: () => over };
}

async function isStreaming(server: TestServer, of: string): Promise<boolean> {
  const status = await server.status();
  return status?.verdict.kind === 'replica' && status.verdict.of === of && status.engine.streaming === true;
}

describe('a strict pair', () => {
  beforeAll(async () => {
    fleet = await openFleet({ synchronous: 'strict' });
    table = await createTable(fleet);
  });

  afterAll(async () => {
    await fleet?.close();
  });

  it('acknowledges what its replica has, and says so to the other guards', async () => {
    await table.insert(fleet.db1, 1);
    await table.untilShown(fleet.db2, [1]);
    expect(await untilState(fleet.db1, 'synced')).toEqual({ mode: 'strict', state: 'synced', standbys: ['db2'] });
    // The others hear it with the primary's next report.
    const seen = await until('the witness to hear it', async () => {
      const found = (await fleet.witness.status())?.seen?.['db1'];
      return found?.engine.synchronous?.state === 'synced' && found;
    });
    expect(seen.engine.role).toBe('primary');
    expect(seen.agoMs).toBeLessThan(2_000);
  });

  it('acknowledges nothing while its replica is away, and no stop turns a waiting commit into an acknowledged one', async () => {
    await fleet.db2.docker('kill', SERVICE);
    const [stopped] = [begin(fleet.db1, 2)];
    await untilState(fleet.db1, 'blocked');
    expect(await staysFalse(() => Promise.resolve(stopped.isOver()), HANGS_MS)).toBe(true);
    await fleet.db1.docker('stop', SERVICE);
    expect(await stopped.end).not.toBe('written');
    await fleet.db1.docker('start', SERVICE);
    await untilState(fleet.db1, 'blocked');
    // Committed here and never acknowledged: a restart shows it.
    await until('the owner', async () => (await table.numbersOn(fleet.db1)).length === 2);
    const waiting = begin(fleet.db1, 3);
    expect(await staysFalse(() => Promise.resolve(waiting.isOver()), HANGS_MS)).toBe(true);
    await fleet.db2.docker('start', SERVICE);
    expect(await waiting.end).toBe('written');
    await untilState(fleet.db1, 'synced');
  });

  it('hands over without a loss, and the new primary acknowledges nothing before the other follows', async () => {
    // The primary may hear it before its own guard can ask it.
    await until('the replica', () => isStreaming(fleet.db2, 'db1'));
    const report = await switchover(fleet.tools, 'db2');
    expect(report.loss).toBeUndefined();
    await until('a write', () => begin(fleet.db2, 4).end.then((end) => end === 'written'));
    await table.untilShown(fleet.db1, upTo(4));
  });

  it('blocks after a failover until the old primary is back', async () => {
    await fleet.db2.docker('kill', SERVICE);
    await failover(fleet.tools, { acceptLoss: true, isDespiteQuiet: true });
    await untilState(fleet.db1, 'blocked');
    expect(await table.numbersOn(fleet.db1)).toEqual(upTo(4));
    const waiting = begin(fleet.db1, 5);
    expect(await staysFalse(() => Promise.resolve(waiting.isOver()), HANGS_MS)).toBe(true);
    await fleet.db2.docker('start', SERVICE);
    expect(await waiting.end).toBe('written');
    await table.untilShown(fleet.db2, upTo(5));
  });
});

describe('a pair that prefers to wait', () => {
  beforeAll(async () => {
    fleet = await openFleet({ synchronous: 'preferred' });
    table = await createTable(fleet);
  });

  afterAll(async () => {
    await fleet?.close();
  });

  it('goes on without its replica after a while, says so, and waits again once it is back', async () => {
    await table.insert(fleet.db1, 1);
    expect(await untilState(fleet.db1, 'synced')).toMatchObject({ mode: 'preferred', standbys: ['db2'] });
    await fleet.db2.docker('kill', SERVICE);
    const startedAt = performance.now();
    await table.insert(fleet.db1, 2);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(await untilState(fleet.db1, 'degraded')).toEqual({ mode: 'preferred', state: 'degraded', standbys: [] });
    await fleet.db2.docker('start', SERVICE);
    await untilState(fleet.db1, 'synced');
    await table.insert(fleet.db1, 3);
    await table.untilShown(fleet.db2, upTo(3));
  });

  it('takes writes at once after a failover', async () => {
    await fleet.db1.docker('kill', SERVICE);
    await failover(fleet.tools, { acceptLoss: true, isDespiteQuiet: true });
    const startedAt = performance.now();
    await until('a write', () => begin(fleet.db2, 4).end.then((end) => end === 'written'));
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await untilState(fleet.db2, 'degraded');
    await fleet.db1.docker('start', SERVICE);
    await untilState(fleet.db2, 'synced');
  });
});

describe('three strict members', () => {
  beforeAll(async () => {
    fleet = await openFleet({ synchronous: 'strict', members: ['db1', 'db2', 'witness'] });
    table = await createTable(fleet);
  });

  afterAll(async () => {
    await fleet?.close();
  });

  it('follow whoever is primary, by themselves', async () => {
    await table.insert(fleet.db1, 1);
    await switchover(fleet.tools, 'db2');
    for (const server of [fleet.db1, fleet.witness]) {
      await until(`${server.name} to stream`, () => isStreaming(server, 'db2'));
    }
    await table.insert(fleet.db2, 2);
    await fleet.db2.docker('kill', SERVICE);
    await failover(fleet.tools, { to: 'witness', acceptLoss: true, isDespiteQuiet: true });
    await until('db1 to stream', () => isStreaming(fleet.db1, 'witness'));
    await table.insert(fleet.witness, 3);
    await fleet.db2.docker('start', SERVICE);
    await until('db2 to stream', () => isStreaming(fleet.db2, 'witness'));
    expect(await table.numbersOn(fleet.witness)).toEqual(upTo(3));
    await table.untilShown(fleet.db1, upTo(3));
    await table.untilShown(fleet.db2, upTo(3));
    expect(await untilState(fleet.witness, 'synced')).toMatchObject({ standbys: ['db1', 'db2'] });
  });
});
