import { expect, it } from 'vitest';

import { fakeClock } from './fake-clock.ts';
import { pollUntil } from './poll.ts';

it('gives the first answer without waiting', async () => {
  const clock = fakeClock();
  expect(await pollUntil(async () => 7, { intervalMs: 100, timeoutMs: 1_000, clock })).toBe(7);
  expect(clock.now()).toBe(0);
});

it('asks at every interval until there is an answer', async () => {
  const clock = fakeClock();
  let asked = 0;
  const probe = async () => ((asked += 1) === 4 ? 'up' : undefined);
  expect(await pollUntil(probe, { intervalMs: 100, timeoutMs: 1_000, clock })).toBe('up');
  expect(clock.now()).toBe(300);
});

it('gives up at the deadline, having asked once more there', async () => {
  const clock = fakeClock();
  const askedAt: number[] = [];
  const probe = async () => void askedAt.push(clock.now());
  expect(await pollUntil(probe, { intervalMs: 400, timeoutMs: 1_000, clock })).toBeUndefined();
  expect(askedAt).toEqual([0, 400, 800, 1_000]);
});

it('stops asking when the signal aborts', async () => {
  const abort = new AbortController();
  let asked = 0;
  const probe = async () => {
    asked += 1;
    if (asked === 2) abort.abort();
    return undefined;
  };
  await pollUntil(probe, { intervalMs: 10, timeoutMs: 1_000, clock: fakeClock(), signal: abort.signal });
  expect(asked).toBe(2);
});

it('wakes short sleepers before a long one', async () => {
  const clock = fakeClock();
  const woken: string[] = [];
  const short = async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await clock.sleep(10);
      woken.push(`short ${clock.now()}`);
    }
  };
  await Promise.all([clock.sleep(25).then(() => woken.push(`long ${clock.now()}`)), short()]);
  expect(woken).toEqual(['short 10', 'short 20', 'long 25', 'short 30']);
});
