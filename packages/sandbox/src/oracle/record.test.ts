import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { seededRandom } from '../drill/plan/random.ts';
import type { RunFacts } from './facts.ts';
import type { OracleEvent } from './log.ts';
import { brokenPromises } from './promises.ts';
import { loadRecord, saveRecord } from './record.ts';

const FACTS: RunFacts = {
  seed: 7,
  date: '2026-01-02T03:04:05.000Z',
  environment: 'waybill',
  service: 'database',
  engine: 'postgres',
  mode: 'strict',
  faults: [{ at: 1_030_000, fault: 'kill db1' }],
  failovers: [{ at: 1_031_000, from: 'db1', to: 'db2', fence: 'proved' }],
  times: { detectMs: 900, firstWriteMs: 4_200 },
};

/** A minute of four lanes at 200 writes per second with the jitter of a busy machine. */
function madeLog(): readonly OracleEvent[] {
  const random = seededRandom(1);
  const lanes = ['w1', 'w2', 'w3', 'w4'].map((lane, index) => ({ lane, dueAt: 1_000_000 + index * 2 }));
  const events: OracleEvent[] = lanes.map(({ lane }) => ({ kind: 'lane', lane, via: 'endpoint', at: 1_000_000 }));
  for (let seq = 1; seq <= 12_000; seq += 1) {
    const next = lanes.toSorted((left, right) => left.dueAt - right.dueAt)[0];
    if (next === undefined) break;
    const sentAt = next.dueAt;
    const at = sentAt + 1 + Math.floor(random() * random() * 12);
    events.push({ kind: 'ack', seq, lane: next.lane, sentAt, at, node: seq < 6_000 ? 'db1' : 'db2', timeline: 1 });
    next.dueAt = Math.max(at, sentAt + 20 + Math.floor(random() * 2));
  }
  return [{ kind: 'begin', run: 'r', at: 1_000_000 }, ...events.toSorted((left, right) => left.at - right.at)];
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-record-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('saveRecord', () => {
  it('keeps a minute of writes in less than 40 kB, and every number of it', async () => {
    const log = madeLog();
    const rows = Array.from({ length: 12_000 }, (_, index) => ({ seq: index + 1, copies: 1 }));
    const path = join(folder, 'minute.run.br');
    const saved = await saveRecord(path, { facts: FACTS, log, rows });
    expect((await stat(path)).size).toBeLessThan(40_000);
    const loaded = await loadRecord(path);
    expect(loaded).toEqual(saved);
    expect(loaded.log).toEqual(log);
    expect(brokenPromises(loaded)).toEqual([]);
  });

  it('keeps rows that stand twice or were never sent', async () => {
    const path = join(folder, 'odd.run.br');
    const rows = [
      { seq: 2, copies: 2 },
      { seq: 3, copies: 1 },
      { seq: 9, copies: 1 },
    ];
    await saveRecord(path, { facts: FACTS, log: [], rows });
    expect(await loadRecord(path)).toMatchObject({ rows, verdict: { duplicated: [[2, 2]], lost: [] } });
  });
});

describe('loadRecord', () => {
  it('does not read a file that is cut off', async () => {
    const path = join(folder, 'damaged.run.br');
    await saveRecord(path, { facts: FACTS, log: madeLog().slice(0, 500), rows: [] });
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    await expect(loadRecord(path)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
