import { describe, expect, it } from 'vitest';

import type { OracleEvent } from './log.ts';
import { packLog, unpackLog } from './pack.ts';

const LOG: readonly OracleEvent[] = [
  { kind: 'begin', run: 'r', at: 1_000 },
  { kind: 'lane', lane: 'w1', via: 'endpoint', at: 1_000 },
  { kind: 'connected', lane: 'w1', at: 1_010 },
  { kind: 'ack', seq: 1, lane: 'w1', sentAt: 1_010, at: 1_012, node: 'db1', timeline: 1 },
  { kind: 'lane', lane: 'd1', via: 'local', at: 1_013 },
  { kind: 'ack', seq: 3, lane: 'd1', sentAt: 1_013, at: 1_020, node: 'db1', timeline: 1 },
  { kind: 'unacknowledged', seq: 2, lane: 'w1', sentAt: 1_012, at: 1_020, reason: 'a "word"\n' },
  { kind: 'disconnected', lane: 'w1', at: 1_020, reason: 'closed' },
  { kind: 'ack', seq: 4, lane: 'd1', sentAt: 1_021, at: 9_000, node: 'db2', timeline: 2 },
  { kind: 'end', at: 9_001 },
];

describe('packLog', () => {
  it('keeps every event, its order and its numbers', () => {
    expect(unpackLog(JSON.parse(JSON.stringify(packLog(LOG))))).toEqual(LOG);
  });

  it('keeps an empty log', () => {
    expect(unpackLog(packLog([]))).toEqual([]);
  });

  it('does not read what lacks a number', () => {
    const packed = packLog(LOG);
    expect(() => unpackLog({ ...packed, lanes: ['w1'] })).toThrow('lacks');
    expect(() => unpackLog({ ...packed, rowColumns: { ...packed.rowColumns, took: '' } })).toThrow('lacks');
  });
});
