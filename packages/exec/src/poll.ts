import type { Clock } from './clock.ts';

/** How often to ask and when to give up, in milliseconds. */
export type PollOptions = {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

/**
 * Asks `probe` until it gives something other than `undefined`, and returns that; returns `undefined` when time is up or
 * `signal` aborts. The probe is asked at least once, and once more at the deadline.
 * @example const up = await pollUntil(async () => ((await isUp()) ? true : undefined), { intervalMs: 500, timeoutMs: 10_000, clock });
 */
export async function pollUntil<T>(
  probe: () => Promise<T | undefined>,
  { intervalMs, timeoutMs, clock, signal }: PollOptions,
): Promise<T | undefined> {
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    const leftMs = deadline - clock.now();
    if (answer !== undefined || leftMs <= 0 || signal?.aborted === true) return answer;
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
  }
}
