/** One answer of a server to a probe. */
export type Sample = {
  readonly isOk: boolean;
  /** What the probe saw, one printable line. */
  readonly output: string;
};

/** How many answers in a row change the mind about a service. */
export type Thresholds = { readonly rise: number; readonly fall: number };

export type Health = 'healthy' | 'unhealthy' | 'undecided';

/**
 * Gives the state of a service after `samples`, oldest first: healthy after `rise` good answers in a row, unhealthy after `fall`
 * bad ones, and as before in between. `undecided` until the first of these happened.
 */
export function decide(samples: readonly Sample[], { rise, fall }: Thresholds): Health {
  let health: Health = 'undecided';
  let run = 0;
  let previous: boolean | undefined;
  for (const { isOk } of samples) {
    run = isOk === previous ? run + 1 : 1;
    previous = isOk;
    if (isOk && run >= rise) health = 'healthy';
    if (!isOk && run >= fall) health = 'unhealthy';
  }
  return health;
}
