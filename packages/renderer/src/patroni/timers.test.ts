import { describe, expect, it } from 'vitest';

import { patroniTimers } from './timers.ts';

describe('the timers of Patroni', () => {
  it.each([
    [1_000, { ttl: 20, loop_wait: 2, retry_timeout: 9 }],
    [25_000, { ttl: 20, loop_wait: 2, retry_timeout: 9 }],
    [30_000, { ttl: 25, loop_wait: 3, retry_timeout: 11 }],
    [60_000, { ttl: 55, loop_wait: 6, retry_timeout: 24 }],
    [600_000, { ttl: 595, loop_wait: 10, retry_timeout: 60 }],
  ])('follow from an rto of %i ms', (rtoMs, timers) => {
    expect(patroniTimers(rtoMs)).toEqual(timers);
  });

  it('keep its rule and its floors for every rto', () => {
    for (let rtoMs = 0; rtoMs <= 300_000; rtoMs += 500) {
      const { ttl, loop_wait: loopWait, retry_timeout: retryTimeout } = patroniTimers(rtoMs);
      expect(loopWait + 2 * retryTimeout).toBeLessThanOrEqual(ttl);
      expect(ttl).toBeGreaterThanOrEqual(20);
      expect(loopWait).toBeGreaterThanOrEqual(1);
      expect(retryTimeout).toBeGreaterThanOrEqual(3);
    }
  });
});
