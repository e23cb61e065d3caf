/** Time as an argument, so that a test never sleeps. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
};
