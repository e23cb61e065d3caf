import { describe, expect, it } from 'vitest';

import type { OracleEvent } from './log.ts';
import { formatEvent, parseLog } from './log.ts';

const EVENTS: readonly OracleEvent[] = [
  { kind: 'begin', run: 'r', at: 1 },
  { kind: 'ack', seq: 1, lane: 'w1', sentAt: 2.5, at: 3.5, node: 'db1', timeline: 1 },
  { kind: 'unacknowledged', seq: 2, lane: 'w1', sentAt: 4, at: 5, reason: 'line\nend' },
];
const TEXT = EVENTS.map(formatEvent).join('');

describe('parseLog', () => {
  it('reads what was written', () => {
    expect(parseLog(TEXT)).toEqual(EVENTS);
  });

  it('leaves out a line that was cut off', () => {
    expect(parseLog(TEXT.slice(0, -4))).toEqual(EVENTS.slice(0, 2));
  });

  it('does not pass over damage in the middle', () => {
    expect(() => parseLog(`{"kind":\n${TEXT}`)).toThrow(SyntaxError);
  });
});
