import { GUARD_PORT, paths } from '@flotilla/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { ENVIRONMENT, SERVICE } from './environment.ts';
import { openFleet, staysFalse, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import { createTable, upTo } from './table.ts';
import type { Table } from './table.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const DATA = paths.data(ENVIRONMENT, SERVICE);

let fleet: TestFleet;
let table: Table;

beforeAll(async () => {
  fleet = await openFleet();
  table = await createTable(fleet);
});

afterAll(async () => {
  await fleet?.close();
});

async function insert(number: number): Promise<void> {
  await table.insert(fleet.db1, number);
}

async function untilReplicaHas(numbers: readonly number[]): Promise<void> {
  await table.untilShown(fleet.db2, numbers);
  expect(await table.numbersOn(fleet.db2)).toEqual(numbers);
}

async function isStreaming(): Promise<boolean> {
  const status = await fleet.db2.status();
  return status?.verdict.kind === 'replica' && status.engine.role === 'replica' && status.engine.streaming === true;
}

/** What a balancer is told. */
async function isOpen(): Promise<boolean> {
  const url = `http://${fleet.db1.host}:${GUARD_PORT}/${SERVICE}/primary`;
  return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
}

it('shows on the replica what was written on the primary, and takes no write there', async () => {
  await insert(1);
  await untilReplicaHas(upTo(1));
  await expect(table.insert(fleet.db2, 99)).rejects.toMatchObject({ code: '25006' });
});

describe('a restart', () => {
  it('of the replica lets it stream again from where it was', async () => {
    await fleet.db2.docker('stop', SERVICE);
    await insert(2);
    await expect(table.numbersOn(fleet.db2)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await fleet.db2.docker('start', SERVICE);
    await until('the stream', isStreaming);
    await untilReplicaHas(upTo(2));
  });

  it('of the primary is told to balancers no sooner than clients get in', async () => {
    for (const rows of [2, 2, 2]) {
      await fleet.db1.docker('kill', SERVICE);
      await until('the end of it', async () => !(await isOpen()));
      await fleet.db1.docker('start', SERVICE);
      while (!(await isOpen())) await new Promise((resolve) => setImmediate(resolve));
      expect(await table.numbersOn(fleet.db1)).toHaveLength(rows);
    }
    await until('the stream', isStreaming);
  });

  it.each([
    ['stopped', 'stop', 3],
    ['killed', 'kill', 4],
  ] as const)('of a %s primary opens it again in the same term, and the replica follows', async (_, verb, number) => {
    const before = await fleet.db1.status();
    await fleet.db1.docker(verb, SERVICE);
    await expect(table.numbersOn(fleet.db1)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await fleet.db1.docker('start', SERVICE);
    await until('the primary', async () => {
      const status = await fleet.db1.status();
      const isNew = status?.engine.state === 'running' && status.engine.startId !== before?.engine.startId;
      return isNew && isOpen();
    });
    await insert(number);
    await untilReplicaHas(upTo(number));
    const [primary, replica] = await Promise.all([fleet.db1.status(), fleet.db2.status()]);
    expect(primary).toMatchObject({ verdict: { kind: 'open', term: 1 }, engine: { timeline: 1 } });
    expect(replica).toMatchObject({ verdict: { kind: 'replica', of: 'db1', term: 1 }, engine: { timeline: 1 } });
  });
});

describe('an empty disk', () => {
  it('of the replica is filled from the primary', async () => {
    await fleet.db2.docker('stop', SERVICE);
    await fleet.db2.shell('rm -rf "$1/pgdata"', DATA);
    await fleet.db2.docker('start', SERVICE);
    await until('the stream', isStreaming);
    await untilReplicaHas(upTo(4));
    const [primary, replica] = await Promise.all([fleet.db1.status(), fleet.db2.status()]);
    expect(replica?.engine.systemIdentifier).toMatch(/^\d+$/);
    expect(replica?.engine.systemIdentifier).toBe(primary?.engine.systemIdentifier);
    await insert(5);
    await untilReplicaHas(upTo(5));
  });

  it('of the primary stays empty and closed, says why, and costs the replica nothing', async () => {
    await fleet.db1.docker('stop', SERVICE);
    await fleet.db1.shell('mv "$1/pgdata" "$1/pgdata.away"', DATA);
    await fleet.db1.docker('start', SERVICE);
    const status = await until('the empty disk to be seen', async () => {
      const seen = await fleet.db1.status();
      return seen?.engine.state === 'empty' && seen;
    });
    expect(status).toMatchObject({
      record: { term: 1, holder: 'db1', phase: 'promoted' },
      verdict: { kind: 'closed', reason: 'no data' },
    });
    const isMade = async () =>
      (await fleet.db1.run({ argv: ['test', '-e', `${DATA}/pgdata`], timeoutMs: 5_000 })).exitCode === 0;
    expect(await staysFalse(isMade, 3_000)).toBe(true);
    await expect(table.numbersOn(fleet.db1)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await table.numbersOn(fleet.db2)).toEqual(upTo(5));
    expect(await fleet.db2.status()).toMatchObject({ engine: { role: 'replica', timeline: 1 } });
  });

  it('of the primary opens as before when the data come back', async () => {
    await fleet.db1.shell('mv "$1/pgdata.away" "$1/pgdata"', DATA);
    await until('the primary', isOpen);
    await insert(6);
    await untilReplicaHas(upTo(6));
    expect((await fleet.db1.status())?.record).toMatchObject({ term: 1, holder: 'db1' });
  });
});
