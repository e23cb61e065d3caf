import type { EngineDriver } from './driver.ts';

/** redis as its own tools tell it. */
export const redisDriver: EngineDriver = {
  prepareHandOver: () => Promise.resolve(),
  lastApplied: () => Promise.resolve(undefined),
  countDivergence: () => Promise.resolve(undefined),
};
