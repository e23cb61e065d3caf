import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunFacts } from '../src/oracle/facts.ts';
import type { OracleEvent } from '../src/oracle/log.ts';
import { saveRecord } from '../src/oracle/record.ts';
import { rejudge } from '../src/oracle/rejudge.ts';

const DRILLS = join(import.meta.dirname, '..', 'drills');

const FACTS: RunFacts = {
  seed: 7,
  date: '2026-01-02T03:04:05.000Z',
  environment: 'waybill',
  service: 'database',
  engine: 'postgres',
  mode: 'strict',
  faults: [],
  failovers: [],
  times: {},
};
const LOG = Array.from({ length: 50 }, (_, index): OracleEvent => {
  const sentAt = 1_000_000 + index * 20;
  return { kind: 'ack', seq: index + 1, lane: 'w1', sentAt, at: sentAt + 3, node: 'db1', timeline: 1 };
});
const ROWS = LOG.map((_, index) => ({ seq: index + 1, copies: 1 }));

describe('the runs that are kept', () => {
  it('still show what was said of them, and keep what was promised', async () => {
    const runs = await rejudge(DRILLS);
    expect(runs.filter(({ broken }) => broken.length > 0)).toEqual([]);
  });
});

describe('rejudge', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flotilla-drills-'));
    await mkdir(join(folder, 'postgres'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Changes the text of a kept run. */
  async function tamper(file: string, from: string, to: string): Promise<void> {
    const text = brotliDecompressSync(await readFile(file)).toString('utf8');
    expect(text).toContain(from);
    await writeFile(file, brotliCompressSync(text.replace(from, to)));
  }

  it('accepts a folder that is missing or empty', async () => {
    expect(await rejudge(join(folder, 'none'))).toEqual([]);
    expect(await rejudge(folder)).toEqual([]);
  });

  it('accepts an honest run and finds a row that was taken out, a softened verdict and a softened log', async () => {
    const path = (name: string) => join(folder, 'postgres', `${name}.run.br`);
    for (const name of ['honest', 'log', 'rows']) await saveRecord(path(name), { facts: FACTS, log: LOG, rows: ROWS });
    await saveRecord(path('verdict'), { facts: FACTS, log: LOG, rows: ROWS.slice(0, -1) });
    await tamper(path('rows'), '[1,50,1]', '[1,49,1]');
    await tamper(path('verdict'), '"lost":[[50,50]]', '"lost":[]');
    await tamper(path('log'), '"timeline":1', '"timeline":2');
    expect(await rejudge(folder)).toMatchObject([
      { file: 'postgres/honest.run.br', facts: FACTS, verdict: { acknowledged: LOG.length, lost: [] }, broken: [] },
      { file: 'postgres/log.run.br', broken: [{ kind: 'verdict-differs' }] },
      { file: 'postgres/rows.run.br', broken: [{ kind: 'verdict-differs' }, { kind: 'lost', seqs: [50] }] },
      { file: 'postgres/verdict.run.br', broken: [{ kind: 'verdict-differs' }, { kind: 'lost', seqs: [50] }] },
    ]);
  });

  it('does not pass over a file that is cut off', async () => {
    const file = join(folder, 'cut.run.br');
    await saveRecord(file, { facts: FACTS, log: LOG, rows: ROWS });
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, -10));
    await expect(rejudge(folder)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
