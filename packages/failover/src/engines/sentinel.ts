import type { ConsensusDriver } from './driver.ts';

/** What is asked of sentinel. */
export const sentinelDriver: ConsensusDriver = {
  handOver: () => Promise.reject(new Error('not carried out yet')),
  replace: () => Promise.reject(new Error('not carried out yet')),
  rejoin: () => Promise.reject(new Error('not carried out yet')),
};
