import type { Clock } from './clock.ts';

type Sleeper = { readonly wakeAt: number; readonly wake: () => void };

/**
 * Gives a clock for tests that starts at `startMs` and jumps to the next sleeper as soon as the process has nothing else to do.
 * Sleepers wake in the order of their times, so a loop of short waits ends before a long one.
 */
export function fakeClock(startMs = 0): Clock {
  let nowMs = startMs;
  let sleepers: readonly Sleeper[] = [];
  const wakeNext = () => {
    const next = sleepers.toSorted((left, right) => left.wakeAt - right.wakeAt)[0];
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.wakeAt);
    next.wake();
  };
  return {
    now: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper: Sleeper = {
          wakeAt: nowMs + durationMs,
          wake: () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            resolve();
          },
        };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener('abort', sleeper.wake, { once: true });
        setImmediate(wakeNext);
      }),
  };
}
