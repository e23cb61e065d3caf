import { describe, expect, it } from 'vitest';

import type { RunFacts } from '../../oracle/facts.ts';
import type { VerdictSummary } from '../../oracle/verdict.ts';
import type { JudgedRun } from './summarise.ts';
import { formatSummary, summarise } from './summarise.ts';

const FACTS: RunFacts = {
  seed: 1,
  date: '2026-01-02T03:04:05.000Z',
  environment: 'lab',
  service: 'database',
  engine: 'postgres',
  mode: 'strict',
  faults: [{ at: 1_000, fault: 'kill db1' }],
  failovers: [{ at: 2_000, from: 'db1', to: 'db2', fence: 'proved' }],
  times: { detectMs: 1_000, fenceMs: 2_000, promoteMs: 3_000, firstWriteMs: 4_000, fullRedundancyMs: 9_000 },
};
const VERDICT: VerdictSummary = {
  acknowledged: 1_000,
  unacknowledged: 3,
  unacknowledgedPresent: 1,
  lost: [],
  holes: [],
  duplicated: [],
  unsent: [],
  longestGapMs: 4_100,
  generations: [],
  lateElsewhere: { count: 0, lastAfterMs: 0 },
  lateLocal: { count: 0, lastAfterMs: 0 },
};

const RUNS: readonly JudgedRun[] = [
  { facts: FACTS, verdict: VERDICT, broken: [] },
  {
    facts: { ...FACTS, seed: 22, mode: 'async', times: { firstWriteMs: 6_000 } },
    verdict: { ...VERDICT, lost: [[5, 7]], longestGapMs: 6_000, lateLocal: { count: 2, lastAfterMs: 80 } },
    broken: [],
  },
  {
    facts: {
      ...FACTS,
      seed: 333,
      failovers: [{ at: 2_000, from: 'db1', to: 'db2', fence: 'overridden' }],
      times: { firstWriteMs: 5_000 },
    },
    verdict: { ...VERDICT, duplicated: [[9, 9]], longestGapMs: 5_000, lateElsewhere: { count: 4, lastAfterMs: 900 } },
    broken: [{ kind: 'duplicated', seqs: [9] }],
  },
];

describe('summarise', () => {
  it('counts over all runs, and takes medians where a point was reached', () => {
    expect(summarise(RUNS)).toMatchObject({
      runs: [
        { seed: 1 },
        { seed: 22, lost: 3, lateLocal: 2 },
        { seed: 333, isOverridden: true, broken: ['duplicated'] },
      ],
      medians: { detectMs: 1_000, firstWriteMs: 5_000, fullRedundancyMs: 9_000, longestGapMs: 5_000 },
      totals: { runs: 3, broken: 1, acknowledged: 3_000, lost: 3, duplicated: 1, late: 4, lateLocal: 2 },
    });
  });

  it('takes the mean of the two in the middle', () => {
    expect(summarise(RUNS.slice(0, 2)).medians).toMatchObject({ firstWriteMs: 5_000, longestGapMs: 5_050 });
  });

  it('has no medians without a run', () => {
    expect(summarise([])).toMatchObject({ runs: [], medians: {}, totals: { runs: 0, broken: 0 } });
  });
});

describe('formatSummary', () => {
  it('lays out one line per run between a head and the medians', () => {
    expect(`\n${formatSummary(summarise(RUNS))}\n`).toBe(`
seed    detect  fence  promote  first write  whole  gap   acked  lost  twice  late          promises            faults
1       1.00    2.00   3.00     4.00         9.00   4.10  1000   0     0      0             kept                kill db1
22      –       –      –        6.00         –      6.00  1000   3     0      0 (+2 local)  kept                kill db1
333     –       –      –        5.00         –      5.00  1000   0     1      4             BROKEN: duplicated  kill db1 (UNFENCED)
median  1.00    2.00   3.00     5.00         9.00   5.00  3000   3     1      4 (+2 local)  2 of 3 kept
`);
  });
});
