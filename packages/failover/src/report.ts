import type { Divergence } from './engines/driver.ts';
import type { FenceProof } from './fence.ts';

/** A step as it happens, for people who wait. Times in milliseconds since the command began. */
export type FailoverEvent = { readonly step: FailoverStep; readonly detail: string; readonly atMs: number };

export type FailoverStep =
  | 'observe'
  | 'lock'
  | 'claim'
  | 'fence'
  | 'hand-over'
  | 'promote'
  | 'open'
  | 'rejoin'
  | 'abort';

/** What may be lost: acknowledged commits made on the old primary after `since` and before `until`. */
export type LossWindow = {
  /** Commit time of the last transaction that the new primary had; absent when it had replayed none since its start. */
  readonly since?: string;
  /** When the old primary was proved to be out, ISO 8601 UTC. */
  readonly until: string;
  /** End of the log that the new primary had received. */
  readonly receivedLsn: string;
};

/** What a switchover or failover did. Durations in milliseconds. */
export type FailoverReport = {
  readonly kind: 'switchover' | 'failover';
  readonly environment: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly term: number;
  readonly startedAt: string;
  readonly fence?: FenceProof;
  /** From the command to the proof that the old primary is out. */
  readonly toProofMs: number;
  /** From the proof until the new primary is open, by its guard's word. */
  readonly proofToOpenMs: number;
  /** Absent when nothing can be lost. */
  readonly loss?: LossWindow;
  readonly events: readonly FailoverEvent[];
};

/** What a rejoin did. */
export type RejoinReport = {
  readonly environment: string;
  readonly service: string;
  readonly server: string;
  readonly primary: string;
  /** Absent when its data were not ahead of the primary's. */
  readonly divergence?: Divergence;
  readonly tookMs: number;
};
