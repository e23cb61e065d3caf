import { describe, expect, it } from 'vitest';

import type { RunFacts, RunFailover } from './facts.ts';
import { judge } from './judge.ts';
import type { OracleEvent, TableRow } from './log.ts';
import { brokenPromises } from './promises.ts';
import { summariseVerdict } from './verdict.ts';

const FACTS: RunFacts = {
  seed: 7,
  date: '2026-01-02T03:04:05.000Z',
  environment: 'waybill',
  service: 'database',
  engine: 'postgres',
  mode: 'async',
  faults: [{ at: 105, fault: 'kill db1' }],
  failovers: [],
  times: {},
};

/** Ten writes on db1, one each 10 ms from 0 on, then two on db2 from 1000 on. */
const LOG: readonly OracleEvent[] = [
  { kind: 'begin', run: 'r', at: 0 },
  { kind: 'lane', lane: 'w1', via: 'endpoint', at: 0 },
  { kind: 'lane', lane: 'd1', via: 'direct', at: 0 },
  { kind: 'lane', lane: 'd2', via: 'local', at: 0 },
  ...Array.from({ length: 10 }, (_, index) => ack(index + 1, index * 10)),
  ack(11, 1_000, 'db2'),
  ack(12, 1_010, 'db2'),
  { kind: 'end', at: 1_020 },
];

function ack(seq: number, sentAt: number, node: 'db1' | 'db2' = 'db1', lane = 'w1'): OracleEvent {
  return { kind: 'ack', seq, lane, sentAt, at: sentAt + 2, node, timeline: node === 'db1' ? 1 : 2 };
}

function failover(fence: RunFailover['fence'], lossWindow?: RunFailover['lossWindow']): RunFailover {
  return { at: 200, from: 'db1', to: 'db2', fence, ...(lossWindow === undefined ? {} : { lossWindow }) };
}

/** The table without some rows. */
const without = (...lost: readonly number[]) =>
  Array.from({ length: 12 }, (_, index) => ({ seq: index + 1, copies: 1 })).filter(({ seq }) => !lost.includes(seq));

/** Breaks of a run with an honest verdict. */
function check(facts: Partial<RunFacts>, rows: readonly TableRow[], log = LOG) {
  const verdict = summariseVerdict(judge(log, rows));
  return brokenPromises({ facts: { ...FACTS, ...facts }, log, rows, verdict });
}

describe('brokenPromises', () => {
  it('finds nothing in a run that lost nothing', () => {
    expect(check({ mode: 'strict', failovers: [failover('proved')] }, without())).toEqual([]);
  });

  it('finds a kept verdict that does not follow from the rows', () => {
    const verdict = summariseVerdict(judge(LOG, without()));
    const broken = brokenPromises({ facts: FACTS, log: LOG, rows: without(12), verdict });
    expect(broken).toMatchObject([
      { kind: 'verdict-differs', verdict: { lost: [[12, 12]] } },
      { kind: 'outside-window' },
    ]);
  });

  it('finds what a strict service lost', () => {
    expect(check({ mode: 'strict' }, without(9, 10))).toEqual([{ kind: 'lost', seqs: [9, 10] }]);
  });

  it('accepts a tail inside the window of an asynchronous failover', () => {
    expect(check({ failovers: [failover('proved', { since: 75, until: 150 })] }, without(9, 10))).toEqual([]);
    expect(check({ failovers: [failover('proved', { until: 150 })] }, without(9, 10))).toEqual([]);
  });

  it('finds what was acknowledged before the window began, or sent after it ended', () => {
    const facts = { failovers: [failover('proved', { since: 90, until: 150 })] };
    expect(check(facts, without(9, 10))).toEqual([{ kind: 'outside-window', seqs: [9] }]);
    expect(check(facts, without(10))).toEqual([]);
    const early = { failovers: [failover('proved', { until: 85 })] };
    expect(check(early, without(9, 10))).toEqual([{ kind: 'outside-window', seqs: [10] }]);
  });

  it('finds a loss that nobody reported', () => {
    expect(check({ failovers: [failover('proved')] }, without(10))).toEqual([{ kind: 'outside-window', seqs: [10] }]);
    expect(check({}, without(10))).toEqual([{ kind: 'outside-window', seqs: [10] }]);
  });

  it('finds a hole also where it lies in the window, and where consensus reports none', () => {
    const seqs = [5];
    expect(check({ failovers: [failover('proved', { until: 150 })] }, without(5))).toEqual([{ kind: 'hole', seqs }]);
    expect(check({ failovers: [failover('automatic')] }, without(5))).toEqual([{ kind: 'hole', seqs }]);
    expect(check({ failovers: [failover('automatic')] }, without(10))).toEqual([]);
  });

  it('finds a late commit behind a proved fence, unless its client stands on the old server', () => {
    const facts = { failovers: [failover('proved', { until: 150 })] };
    const rows = [...without(), { seq: 13, copies: 1 }];
    expect(check(facts, rows, [...LOG, ack(13, 1_500, 'db1', 'd1')])).toEqual([{ kind: 'late', seqs: [13] }]);
    expect(check(facts, rows, [...LOG, ack(13, 1_500, 'db1', 'd2')])).toEqual([]);
  });

  it('measures an overridden fence and asks nothing of it', () => {
    const log = [...LOG, ack(13, 1_500, 'db1', 'd1')];
    expect(check({ failovers: [failover('overridden', { until: 150 })] }, without(), log)).toEqual([]);
  });

  it('finds rows that stand twice or were never sent', () => {
    const rows = [...without(12), { seq: 12, copies: 2 }, { seq: 99, copies: 1 }];
    expect(check({ mode: 'preferred' }, rows)).toEqual([
      { kind: 'duplicated', seqs: [12] },
      { kind: 'unsent', seqs: [99] },
    ]);
  });
});
