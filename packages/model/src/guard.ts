/** Words of the guard's protocol, shared by the guard itself and by failover. See `packages/guard/README.md`. */

/** What every server remembers of one guarded service. `term` counts from 1 and only grows. */
export type TermRecord = {
  readonly term: number;
  /** Server that may be primary in this term. */
  readonly holder: string;
  readonly phase: 'claimed' | 'promoted';
  /** Time of the claim, ISO 8601 UTC; for people, never for decisions. */
  readonly at: string;
};

/** Where an engine's data stand. LSNs are byte positions as decimal text, because they exceed 2^53. */
export type EngineFacts = {
  /** `running`: answers SQL. `stopped`: known from its control file. `empty`: no data. `unknown`: cannot be told. */
  readonly state: 'running' | 'stopped' | 'empty' | 'unknown';
  readonly role: 'primary' | 'replica' | 'none';
  readonly systemIdentifier?: string;
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
};

/** What the guard lets the engine of its server be. */
export type GuardVerdict =
  | { readonly kind: 'closed'; readonly reason: string }
  /** Start as primary, reachable only through the local socket, so that its position can be compared. */
  | { readonly kind: 'private'; readonly reason: string }
  | { readonly kind: 'open'; readonly term: number }
  | { readonly kind: 'replica'; readonly of: string; readonly term: number };

/** Answer of a guard about one service; `GET /<service>/status`. */
export type GuardStatus = {
  readonly server: string;
  readonly service: string;
  readonly record: TermRecord | null;
  readonly verdict: GuardVerdict;
  readonly engine: EngineFacts;
  /** What this guard last read from every peer, by server name; `null` when it did not answer. */
  readonly peers: Readonly<Record<string, TermRecord | null>>;
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
  readonly kind: 'postgres';
  /** Servers that hold its data, preferred primary first. */
  readonly members: readonly string[];
  /** Port that the engine is published on, on each member's address. */
  readonly port: number;
};
