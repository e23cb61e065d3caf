/** How much an operation costs, from nothing to the risk of losing data. */
export type Impact = 'none' | 'reload' | 'restart' | 'recreate' | 'data-risk';

const RANK: Readonly<Record<Impact, number>> = { none: 0, reload: 1, restart: 2, recreate: 3, 'data-risk': 4 };

/** Gives the gravest of several impacts; `none` of none. */
export function gravest(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((worst, impact) => (RANK[impact] > RANK[worst] ? impact : worst), 'none');
}
