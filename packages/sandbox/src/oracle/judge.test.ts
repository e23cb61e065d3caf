import { describe, expect, it } from 'vitest';

import { firstWriteAfter, judge } from './judge.ts';
import type { OracleEvent } from './log.ts';

type AckFacts = { readonly seq: number; readonly at: number; readonly node?: string; readonly timeline?: number };

function ack({ seq, at, node = 'db1', timeline = 1 }: AckFacts, lane = 'w1'): OracleEvent {
  return { kind: 'ack', seq, lane, sentAt: at - 2, at, node, timeline };
}

function unacknowledged(seq: number, at: number): OracleEvent {
  return { kind: 'unacknowledged', seq, lane: 'w1', sentAt: at - 2, at, reason: 'connection lost' };
}

const rows = (...seqs: readonly number[]) => seqs.map((seq) => ({ seq, copies: 1 }));

/** A failover without a fault: three acknowledged by db1, then two by db2 on the next timeline. */
const FAILOVER: readonly OracleEvent[] = [
  { kind: 'begin', run: 'r', at: 0 },
  { kind: 'lane', lane: 'w1', via: 'endpoint', at: 0 },
  { kind: 'lane', lane: 'old', via: 'direct', at: 0 },
  ack({ seq: 1, at: 10 }),
  ack({ seq: 2, at: 20 }),
  ack({ seq: 3, at: 30 }),
  unacknowledged(4, 40),
  ack({ seq: 5, at: 1_030, node: 'db2', timeline: 2 }),
  ack({ seq: 6, at: 1_040, node: 'db2', timeline: 2 }),
  { kind: 'end', at: 1_050 },
];

describe('judge', () => {
  it('finds nothing wrong with a clean failover', () => {
    expect(judge(FAILOVER, rows(1, 2, 3, 5, 6))).toMatchObject({
      acknowledged: 5,
      unacknowledged: 1,
      unacknowledgedPresent: 0,
      lost: [],
      holes: [],
      duplicated: [],
      unsent: [],
      lateAcks: [],
      generations: [
        { node: 'db1', timeline: 1, firstAckAt: 10, acknowledged: 3 },
        { node: 'db2', timeline: 2, firstAckAt: 1_030, acknowledged: 2 },
      ],
    });
  });

  it('measures the longest gap and names the nodes on both sides', () => {
    expect(judge(FAILOVER, rows(1, 2, 3, 5, 6)).longestGap).toMatchObject({
      durationMs: 1_000,
      from: { seq: 3, node: 'db1' },
      to: { seq: 5, node: 'db2' },
    });
  });

  it('counts the silence before the end as a gap', () => {
    const verdict = judge([ack({ seq: 1, at: 10 }), ack({ seq: 2, at: 20 }), { kind: 'end', at: 5_020 }], rows(1, 2));
    expect(verdict.longestGap).toEqual({ durationMs: 5_000, from: ack({ seq: 2, at: 20 }) });
  });

  it('does not let a direct lane fill the gap of the endpoint', () => {
    const log = [...FAILOVER, ack({ seq: 7, at: 500 }, 'old')];
    expect(judge(log, rows(1, 2, 3, 5, 6, 7)).longestGap?.durationMs).toBe(1_000);
  });

  it('has no gap without an acknowledgement', () => {
    expect(judge([unacknowledged(1, 10)], [])).toMatchObject({ acknowledged: 0, lost: [], generations: [] });
    expect(judge([unacknowledged(1, 10)], []).longestGap).toBeUndefined();
  });

  it('counts an unacknowledged write that happened, and does not call it lost when it did not', () => {
    expect(judge(FAILOVER, rows(1, 2, 3, 4, 5, 6))).toMatchObject({ unacknowledgedPresent: 1, lost: [], unsent: [] });
  });

  it('finds a lost tail', () => {
    expect(judge(FAILOVER, rows(1, 5, 6))).toMatchObject({ lost: [2, 3], holes: [] });
  });

  it('tells a hole from a tail', () => {
    expect(judge(FAILOVER, rows(1, 3, 5, 6))).toMatchObject({ lost: [2], holes: [2] });
  });

  it('does not call a hole what was in flight beside a survivor', () => {
    const log: readonly OracleEvent[] = [
      { kind: 'ack', seq: 1, lane: 'w1', sentAt: 0, at: 10, node: 'db1', timeline: 1 },
      { kind: 'ack', seq: 2, lane: 'w2', sentAt: 5, at: 9, node: 'db1', timeline: 1 },
    ];
    expect(judge(log, rows(2))).toMatchObject({ lost: [1], holes: [] });
  });

  it('finds a duplicated row', () => {
    expect(judge(FAILOVER, [...rows(1, 2, 3, 5), { seq: 6, copies: 2 }])).toMatchObject({ duplicated: [6], lost: [] });
  });

  it('finds a row that nobody sent', () => {
    expect(judge(FAILOVER, rows(1, 2, 3, 5, 6, 99))).toMatchObject({ unsent: [99] });
  });

  it('finds a commit of the old primary after the first of the new one', () => {
    const verdict = judge([...FAILOVER, ack({ seq: 7, at: 1_031 }, 'old')], rows(1, 2, 3, 5, 6, 7));
    expect(verdict.lateAcks).toMatchObject([
      { ack: { seq: 7, node: 'db1' }, newer: { node: 'db2', timeline: 2 }, afterMs: 1, client: 'elsewhere' },
    ]);
  });

  it('finds it also when the old primary had acknowledged nothing before', () => {
    const log = [ack({ seq: 1, at: 10, node: 'db2', timeline: 2 }), ack({ seq: 2, at: 20 }, 'old')];
    expect(judge(log, rows(1, 2)).lateAcks).toMatchObject([{ ack: { seq: 2 } }]);
  });

  it('tells a client on the old primary’s own server from one elsewhere', () => {
    const log: readonly OracleEvent[] = [
      ...FAILOVER,
      { kind: 'lane', lane: 'own', via: 'local', at: 0 },
      ack({ seq: 7, at: 1_100 }, 'own'),
      ack({ seq: 8, at: 1_200 }),
    ];
    expect(judge(log, rows(1, 2, 3, 5, 6, 7, 8)).lateAcks).toMatchObject([
      { ack: { seq: 7 }, afterMs: 70, client: 'local' },
      { ack: { seq: 8 }, afterMs: 170, client: 'elsewhere' },
    ]);
  });

  it('does not call a node its own rival when it begins another reign', () => {
    const log = [ack({ seq: 1, at: 10 }), ack({ seq: 2, at: 20, timeline: 2 }), ack({ seq: 3, at: 30 })];
    expect(judge(log, rows(1, 2, 3)).lateAcks).toEqual([]);
  });

  it('accepts a commit of the old primary just before the first of the new one', () => {
    expect(judge([...FAILOVER, ack({ seq: 7, at: 1_029 }, 'old')], rows(1, 2, 3, 5, 6, 7)).lateAcks).toEqual([]);
  });

  it('finds two primaries on one timeline', () => {
    const log = [ack({ seq: 1, at: 10 }), ack({ seq: 2, at: 20, node: 'db2' }), ack({ seq: 3, at: 30 })];
    expect(judge(log, rows(1, 2, 3)).lateAcks).toMatchObject([
      { ack: { seq: 3, node: 'db1' }, newer: { node: 'db2' } },
    ]);
  });

  it('knows a primary that returns on a later timeline', () => {
    const log = [...FAILOVER, ack({ seq: 7, at: 2_000, timeline: 3 })];
    expect(judge(log, rows(1, 2, 3, 5, 6, 7))).toMatchObject({ lateAcks: [], generations: [{}, {}, { node: 'db1' }] });
  });

  it('finds a late commit of the first reign after the third began', () => {
    const log = [...FAILOVER, ack({ seq: 7, at: 2_000, timeline: 3 }), ack({ seq: 8, at: 2_010 }, 'old')];
    expect(judge(log, rows(1, 2, 3, 5, 6, 7, 8)).lateAcks).toMatchObject([
      { ack: { seq: 8 }, newer: { node: 'db2', timeline: 2 } },
    ]);
  });
});

describe('firstWriteAfter', () => {
  it('gives the first write that was sent after a moment', () => {
    expect(firstWriteAfter(FAILOVER, { at: 18 })).toMatchObject({ seq: 2 });
    expect(firstWriteAfter(FAILOVER, { at: 19 })).toMatchObject({ seq: 3 });
    expect(firstWriteAfter(FAILOVER, { at: 2_000 })).toBeUndefined();
  });

  it('passes over the reign that was struck, and clients that go past the endpoint', () => {
    expect(firstWriteAfter(FAILOVER, { at: 0, except: { node: 'db1', timeline: 1 } })).toMatchObject({ seq: 5 });
    expect(firstWriteAfter(FAILOVER, { at: 0, except: { node: 'db1', timeline: 2 } })).toMatchObject({ seq: 1 });
    const log = [...FAILOVER, ack({ seq: 7, at: 500, node: 'db2', timeline: 2 }, 'old')];
    expect(firstWriteAfter(log, { at: 100 })).toMatchObject({ seq: 5 });
  });
});
