import type { FenceProof } from './fence.ts';
import type { Lag } from './policy/position.ts';

/** A step as it happens, for people who wait. Times in milliseconds since the command began. */
export type FailoverEvent = { readonly step: FailoverStep; readonly detail: string; readonly atMs: number };

export type FailoverStep =
  | 'observe'
  | 'loss'
  | 'lock'
  | 'claim'
  | 'fence'
  | 'hand-over'
  | 'promote'
  | 'open'
  | 'probe'
  | 'power'
  | 'isolate'
  | 'rejoin'
  | 'save'
  | 'record'
  | 'abort';

/** What may be lost: acknowledged commits made on the old primary after `since` and before `until`. */
export type LossWindow = {
  /** Commit time of the last transaction that the new primary had; absent when it had replayed none since its start. */
  readonly since?: string;
  /** When the old primary was proved to be out, ISO 8601 UTC. */
  readonly until: string;
  /** Where the data of the new primary stood. */
  readonly received: string;
  /** What the guards saw on the old primary and the new one had not received: the least that is lost. Absent when nobody saw it. */
  readonly missing?: Lag;
};

/** What the servers say of who takes writes, asked on the way that the data endpoints ask. */
export type WriterProbe = {
  /** Members that take writes, by the word of at least one server. */
  readonly writers: readonly string[];
  /** Servers that asked and found the new primary, and it alone. */
  readonly agreedBy: readonly string[];
};

/** What a switchover or failover did. Durations in milliseconds. */
export type FailoverReport = {
  readonly kind: 'switchover' | 'failover';
  readonly environment: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  /** Absent where an engine of consensus decides. */
  readonly term?: number;
  readonly startedAt: string;
  /** Proof that the old primary is out; absent after a switchover, which needs none. */
  readonly fence?: FenceProof;
  /** Proofs for other members that did not answer. Absent means none was needed. */
  readonly alsoFenced?: readonly FenceProof[];
  /** The person's words that took the place of a proof. */
  readonly unfenced?: string;
  /** From the command to the proof that the old primary is out. */
  readonly toProofMs: number;
  /** From the proof until the new primary is open, by its guard's word. */
  readonly proofToOpenMs: number;
  /** Absent when nothing can be lost. */
  readonly loss?: LossWindow;
  readonly probe: WriterProbe;
  readonly events: readonly FailoverEvent[];
};

/** Commits that a superseded member holds and the new primary does not. */
export type Divergence = {
  readonly server: string;
  /** Number of commits after the fork; of Redis, number of write commands, a transaction counting as one. Exact unless `isAtMost`. */
  readonly commits: number;
  /** True where the engine's log does not say exactly where the fork is: none of the commits is left out, and some before it may be counted. */
  readonly isAtMost?: true;
  /** Folder on that server, inside the engine's container, that keeps all of its data as they were. */
  readonly keptIn: string;
};

/** Kept data in a form that a person can read, as a file on the server that keeps them. */
export type Export = {
  /** Absolute path on the server. */
  readonly path: string;
  readonly sizeBytes: number;
  /** What the file holds and how it is read, in one sentence. */
  readonly content: string;
};

/** How a voter came back: its container runs again, or it was taken out and in again, because its disk was empty. */
export type VoterReturn = 'started' | 'replaced';

/** What a rejoin did. */
export type RejoinReport = {
  readonly kind: 'rejoin';
  readonly environment: string;
  readonly service: string;
  readonly server: string;
  readonly primary: string;
  /** False for a server that only votes, for one that is still to be deployed to, and for the primary, whose vote alone returned. */
  readonly follows: boolean;
  /** What became of its vote; absent where it was not missing. */
  readonly voter?: VoterReturn;
  readonly startedAt: string;
  /** Absent when its data were not ahead of the primary's. */
  readonly divergence?: Divergence;
  /** The readable export that was asked for. */
  readonly saved?: Export;
  readonly tookMs: number;
  readonly events: readonly FailoverEvent[];
};

/** What a command of the data tier did, as it is kept on every server it reached. Times are ISO 8601 UTC by the clock of the tool. */
export type DataTierRecord = {
  readonly version: 1;
  readonly kind: 'switchover' | 'failover' | 'rejoin';
  readonly environment: string;
  readonly service: string;
  /** `failed`: something was begun; the events say how far it came. */
  readonly outcome: 'done' | 'failed';
  readonly who: string;
  /** In the words of whoever ran it. Absent means that nobody said. */
  readonly why?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Where the data of each member stood before, for people. */
  readonly positions: Readonly<Record<string, string>>;
  /** Present when a person's words took the place of a proof. */
  readonly label?: 'UNFENCED';
  readonly report?: FailoverReport | RejoinReport;
  readonly error?: { readonly code: string; readonly message: string };
  readonly events: readonly FailoverEvent[];
};
