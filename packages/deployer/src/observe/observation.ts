import type { JournalEntry, LockOwner } from '@flotilla/exec';
import type { GuardStatus, ServiceUnit } from '@flotilla/model';

/** One container of ours, as Docker reports it. */
export type ObservedContainer = {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly image: string;
  /** Docker's word: running, exited, restarting, created, paused, dead. */
  readonly state: string;
  /** From the container's own health check; `none` when it has none. */
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  readonly runHash: string;
  /** Empty for a unit without secrets. */
  readonly secretsHash: string;
};

/** What a server keeps of one unit. */
export type ObservedRelease = {
  readonly service: string;
  /** Release whose gate passed last. Absent before the first. */
  readonly applied?: string;
  /** Release that is meant to run; differs from `applied` while a change is under way or was interrupted. */
  readonly current?: string;
  /** Release whose gate failed last, until another one is applied. */
  readonly failed?: string;
  /** Releases that are on the server's disk; sorted. */
  readonly releases: readonly string[];
  /** The unit as it was when `applied` was applied. Absent when the server does not have it. */
  readonly definition?: ServiceUnit;
};

/** One backend entry of a balancer, from its runtime interface. */
export type EdgeEntry = {
  readonly backend: string;
  readonly entry: string;
  /** Out of rotation by order: state `maint` set over the runtime interface. */
  readonly isMaintained: boolean;
};

/** All that one round trip told of a server. */
export type Observation = {
  readonly kind: 'reached';
  readonly server: string;
  /** Changes with every boot. */
  readonly bootId: string;
  readonly freeBytes: number;
  /** Reason why a person froze this server. Absent when nobody did. */
  readonly hold?: string;
  readonly lock?: { readonly owner: LockOwner; readonly isExpired: boolean };
  /** Last entries, oldest first. */
  readonly journal: readonly JournalEntry[];
  /** Sorted by service. */
  readonly releases: readonly ObservedRelease[];
  readonly containers: readonly ObservedContainer[];
  /** Empty when no balancer answers here. */
  readonly edge: readonly EdgeEntry[];
  /** What the guard of this server answered, by service; a service it did not answer for is missing. */
  readonly guards: Readonly<Record<string, GuardStatus>>;
};

/** A server that could not be asked; data, not a failure. */
export type UnreachableServer = {
  readonly kind: 'unreachable';
  readonly server: string;
  readonly detail: string;
  /** It answers, but with a host key that is not the pinned one: perhaps another machine. */
  readonly isImpostor: boolean;
};

export type ServerObservation = Observation | UnreachableServer;
