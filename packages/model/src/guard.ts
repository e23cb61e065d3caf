import type { Control, DatabaseKind } from './databases.ts';

/** Words of the guard's protocol, shared by the guard itself and by failover. See `packages/guard/README.md`. */

/** What every server remembers of one guarded service. `term` counts from 1 and only grows. */
export type TermRecord = {
  readonly term: number;
  /** Server that may be primary in this term. */
  readonly holder: string;
  readonly phase: 'claimed' | 'promoted';
  /** Time of the claim, ISO 8601 UTC; for people, never for decisions. */
  readonly at: string;
  /** Servers proved fenced after this claim had its majority; sorted. Absent means none. */
  readonly fenced?: readonly string[];
  /** Boot of the holder's server in which the proofs were given; they count in that boot alone. */
  readonly fencedIn?: string;
};

/** The point at which a database left a timeline for the next one. */
export type TimelineSwitch = { readonly timeline: number; readonly lsn: string };

/** Where the data of an engine without a write-ahead log of PostgreSQL's form stand. */
export type EnginePosition =
  /**
   * MySQL: sets of `uuid:first-last`. `received` holds what a replica has in its relay log as well; absent elsewhere. `origin` is the
   * uuid of the engine itself, under which its own writes stand.
   */
  | { readonly kind: 'gtid-set'; readonly executed: string; readonly received?: string; readonly origin?: string }
  /** MariaDB: `domain-server-sequence`, one per domain, separated by commas. */
  | { readonly kind: 'gtid-list'; readonly executed: string; readonly received?: string }
  /** Redis: bytes written since the history `id` began; it left `formerId` at `formerOffset`. Decimal text. */
  | {
      readonly kind: 'offset';
      readonly id: string;
      readonly offset: string;
      readonly formerId?: string;
      readonly formerOffset?: string;
    };

/** What the acknowledgement of a primary is worth at this moment. */
export type SynchronousFacts = {
  readonly mode: SynchronousMode;
  /**
   * `synced`: a commit is acknowledged once one of `standbys` has it on disk. `blocked`: none confirms, commits wait and are not
   * acknowledged. `degraded`: commits are acknowledged without a standby; never under `strict`.
   */
  readonly state: 'synced' | 'degraded' | 'blocked';
  /** Servers that confirm what they receive; sorted. */
  readonly standbys: readonly string[];
};

/** `preferred` waits for a replica while there is one; `strict` stops writes rather than lose one. */
export type SynchronousMode = 'preferred' | 'strict';

/** Where an engine's data stand. LSNs are byte positions as decimal text, because they exceed 2^53. */
export type EngineFacts = {
  /** `running`: answers. `stopped`: known from its files. `empty`: no data. `unknown`: cannot be told. */
  readonly state: 'running' | 'stopped' | 'empty' | 'unknown';
  /**
   * `primary` while running: takes writes from clients, or would as soon as it is opened. `none` while running: up, follows nobody, and
   * refuses every write of a client.
   */
  readonly role: 'primary' | 'replica' | 'none';
  /** Identity of the data, the same on every member; absent where the engine has none. */
  readonly systemIdentifier?: string;
  /** Position of an engine other than PostgreSQL, which has `timeline` and `lsn`. */
  readonly position?: EnginePosition;
  readonly timeline?: number;
  /** Running primary: written. Running replica: received. Stopped cleanly: latest checkpoint. */
  readonly lsn?: string;
  readonly replayLsn?: string;
  /** Replica only: it streams from its primary now. */
  readonly streaming?: boolean;
  /** Replica only: milliseconds since its last replayed commit; 0 when it has replayed all it received. */
  readonly lagMs?: number;
  /** True when the control file says that it was shut down cleanly. */
  readonly cleanShutdown?: boolean;
  /** Where its data left each earlier timeline, oldest first. Absent means that it cannot be told. */
  readonly history?: readonly TimelineSwitch[];
  /** Identity of this start of the engine; an open verdict is given to one start alone. */
  readonly startId?: string;
  /** True when an empty disk may be initialised here. */
  readonly initAllowed?: boolean;
  /** Running primary of a synchronous service only. */
  readonly synchronous?: SynchronousFacts;
  /** Replica only: writes of its own that its primary lacks, as the engine writes positions. Absent when there are none. */
  readonly errant?: string;
  /** False while a running engine still refuses clients, whatever the verdict. Absent where the verdict alone decides. */
  readonly admits?: boolean;
  /** Open primary only: it has the roles and databases of its deployed files. Absent where nothing says. */
  readonly provisioned?: boolean;
  /** Running primary of PostgreSQL only: where the oldest log begins that it can still send, as decimal text. */
  readonly sendsFrom?: string;
};

/** What the guard lets the engine of its server be. */
export type GuardVerdict =
  /** `isSuperseded`: another member was promoted, and the data here may hold what it does not; a rejoin keeps them aside. */
  | { readonly kind: 'closed'; readonly reason: string; readonly isSuperseded?: true }
  /** Start as primary, reachable only through the local socket, so that its position can be compared. */
  | { readonly kind: 'private'; readonly reason: string }
  | { readonly kind: 'open'; readonly term: number }
  /**
   * Follow server `of`; the server's own name means a standby without an upstream. `stranded`: it cannot, and only a clone brings it back.
   * `behind`: `of` has removed the log that it needs next, and a person orders `rejoin`. `ahead`: it holds what `of` lacks, and its own guard
   * orders `rejoin`, which keeps that aside.
   */
  | { readonly kind: 'replica'; readonly of: string; readonly term: number; readonly stranded?: 'behind' | 'ahead' }
  /** An engine of consensus decides; the guard only reports the role that it finds. */
  | { readonly kind: 'yielded'; readonly to: Exclude<Control, 'guard'> };

/** The highest record that was ever seen from a server. */
export type SeenTerm = Pick<TermRecord, 'term' | 'phase'>;

/**
 * What a guard last read of the engine of a peer, since the guard began. When that was a primary with `synchronous.state` `synced`, everything
 * acknowledged until then is on one of its standbys; one that only prefers to wait degrades a second or more after its last standby fell
 * silent, and may have done so unheard.
 */
export type SeenEngine = {
  readonly engine: EngineFacts;
  /** Milliseconds since that answer. */
  readonly agoMs: number;
};

/** Answer of a guard about one service; `GET /<service>/status`. */
export type GuardStatus = {
  readonly server: string;
  /** Name of its environment. Absent in the answer of an older guard. */
  readonly environment?: string;
  readonly service: string;
  readonly record: TermRecord | null;
  readonly verdict: GuardVerdict;
  readonly engine: EngineFacts;
  /** What this guard last read from every peer, by server name; `null` when it did not answer. */
  readonly peers: Readonly<Record<string, TermRecord | null>>;
  /** Highest term that this guard ever saw from each peer; survives reboots. */
  readonly remembers: Readonly<Record<string, SeenTerm>>;
  /** True when this guard's own record may vote: present, and not lower than a peer remembers. */
  readonly votes: boolean;
  /** Peers whose guard answered in the last round, with a record or without. Absent in the answer of an older guard. */
  readonly hears?: readonly string[];
  /** Engines of the other members, also of those that have fallen silent. Absent in the answer of an older guard. */
  readonly seen?: Readonly<Record<string, SeenEngine>>;
  /** Identity of this boot of the server. */
  readonly bootId: string;
};

/** What a guard is told of its environment; rendered as `services/guard/guard.json`. */
export type GuardConfig = {
  readonly environment: string;
  /** Name of the server that this guard runs on. */
  readonly server: string;
  /** Every voter of the environment: server name to address. */
  readonly servers: Readonly<Record<string, string>>;
  readonly services: readonly GuardedService[];
};

/** One service that a guard watches. */
export type GuardedService = {
  readonly service: string;
  readonly kind: DatabaseKind;
  readonly control: Control;
  /** Servers that hold its data; sorted, so that another preferred primary changes no guard. */
  readonly members: readonly string[];
  /** Port that the engine is published on, on each member's address. */
  readonly port: number;
  /** Close an open database after so long without hearing a majority. Absent means never: silence does not close. */
  readonly closeAfterMs?: number;
  /** Absent: acknowledgements wait for nobody. */
  readonly synchronous?: SynchronousMode /** Redis under Sentinel only: every Sentinel, each `host:port`. */;
  readonly sentinels?: readonly string[];
};
