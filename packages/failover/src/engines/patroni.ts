import type { ConsensusDriver } from './driver.ts';

/** What is asked of patroni. */
export const patroniDriver: ConsensusDriver = {
  handOver: () => Promise.reject(new Error('not carried out yet')),
  replace: () => Promise.reject(new Error('not carried out yet')),
  rejoin: () => Promise.reject(new Error('not carried out yet')),
};
