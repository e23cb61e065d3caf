import type { EngineDriver } from './driver.ts';

/** mariadb as its own tools tell it. */
export const mariadbDriver: EngineDriver = {
  prepareHandOver: () => Promise.resolve(),
  lastApplied: () => Promise.resolve(undefined),
  countDivergence: () => Promise.resolve(undefined),
};
