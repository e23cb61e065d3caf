import type { OracleTarget } from './target.ts';

/** What a service promises about its acknowledged writes. */
export type WriteMode = 'strict' | 'preferred' | 'async';

/** A fault of a run. */
export type StruckFault = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In the words that `parseFault` reads. */
  readonly fault: string;
};

/** A change of the primary during a run. Times in milliseconds since the epoch. */
export type RunFailover = {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** How the old primary was kept out: proved, overridden by a person's word, or left to the engine's own consensus. */
  readonly fence: 'proved' | 'overridden' | 'automatic';
  /** The window that was reported, in which acknowledged writes may be lost. Without `since` it has no beginning. */
  readonly lossWindow?: { readonly since?: number; readonly until: number };
};

/** How long a run took from its fault to each point, in milliseconds. What did not happen is absent. */
export type RunTimes = {
  /** Until somebody said that the primary is gone. */
  readonly detectMs?: number;
  /** Until the old primary was proved to be out. */
  readonly fenceMs?: number;
  readonly promoteMs?: number;
  /** Until the first write through the endpoints was acknowledged. */
  readonly firstWriteMs?: number;
  /** Until every replica followed again. */
  readonly fullRedundancyMs?: number;
};

/** What is known of a run beside its log and its table. */
export type RunFacts = {
  /** Of the plan of its faults; 0 when they were chosen by hand. */
  readonly seed: number;
  /** When it began, ISO 8601 in UTC. */
  readonly date: string;
  readonly environment: string;
  readonly service: string;
  readonly engine: OracleTarget['kind'];
  readonly mode: WriteMode;
  readonly faults: readonly StruckFault[];
  readonly failovers: readonly RunFailover[];
  readonly times: RunTimes;
};
