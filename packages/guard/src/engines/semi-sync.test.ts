import { describe, expect, it } from 'vitest';

import { synchronousOf } from './semi-sync.ts';

describe('what an acknowledgement is worth', () => {
  it.each([
    [true, 1, 0, 'synced', ['db2']],
    [true, 1, 2, 'blocked', []],
    [true, 0, 0, 'blocked', []],
    [false, 1, 0, 'degraded', []],
  ] as const)('waiting: %s, %i replicas, %i stuck: %s', (isWaiting, confirming, stuck, state, standbys) => {
    expect(synchronousOf({ isWaiting, confirming, stuck }, 'preferred', ['db2'])).toEqual({
      mode: 'preferred',
      state,
      standbys,
    });
  });
});
