/** Patroni's timers in whole seconds, under its own names. */
export type PatroniTimers = { readonly ttl: number; readonly loop_wait: number; readonly retry_timeout: number };

/** From the end of the leader's lease to the first write on its successor: election in etcd, promotion, clients that follow. */
const TAKE_OVER_S = 5;
/** Patroni's own floors: https://patroni.readthedocs.io/en/latest/dynamic_configuration.html */
const FLOOR = { ttl: 20, loop_wait: 1, retry_timeout: 3 } as const;
/** The loop notices a dead database process; a long lease is no reason to look less often. */
const MOST_LOOP_WAIT_S = 10;
const MOST_RETRY_TIMEOUT_S = 60;

/**
 * Gives the timers that end the loss of a primary's server within `rtoMs`, or the shortest that Patroni allows.
 * `loop_wait + 2 * retry_timeout <= ttl` holds for every value.
 */
export function patroniTimers(rtoMs: number): PatroniTimers {
  const ttl = Math.max(FLOOR.ttl, Math.floor(rtoMs / 1000) - TAKE_OVER_S);
  const loopWait = Math.min(MOST_LOOP_WAIT_S, Math.max(FLOOR.loop_wait, Math.floor(ttl / 8)));
  const retryTimeout = Math.max(FLOOR.retry_timeout, Math.floor((ttl - loopWait) / 2));
  return { ttl, loop_wait: loopWait, retry_timeout: Math.min(MOST_RETRY_TIMEOUT_S, retryTimeout) };
}
