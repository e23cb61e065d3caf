import type { EngineDriver } from './driver.ts';

/** mysql as its own tools tell it. */
export const mysqlDriver: EngineDriver = {
  prepareHandOver: () => Promise.resolve(),
  lastApplied: () => Promise.resolve(undefined),
  countDivergence: () => Promise.resolve(undefined),
};
