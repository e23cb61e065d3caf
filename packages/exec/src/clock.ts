/** Time as an argument, so that a test never sleeps. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `durationMs`, or as soon as `signal` aborts; never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
};

/** Gives the clock of this machine. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, durationMs);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}
