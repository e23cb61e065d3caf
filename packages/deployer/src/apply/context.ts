import type { Clock, RemoteFleet, RemoteServer, SecretStore, ServerLock } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { ServiceUnit, Tree } from '@flotilla/model';

import type { EventSink } from '../events.ts';

/** Verdict on a changed unit, as `healthchecks` gives it. */
export type GateVerdict =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unhealthy'; readonly evidence: { readonly output: string; readonly logs: string } }
  | { readonly kind: 'unknown'; readonly detail: string };

/** Asks whether a unit is well; passed in, because deciding health is another package's work. */
export type Gate = (
  server: RemoteServer,
  target: { readonly project: string; readonly gates: ServiceUnit['gates'] },
) => Promise<GateVerdict>;

/**
 * Hands the primary's role of a guarded service to a replica without losing a write; passed in, because it is another package's work.
 * It takes the locks of the fleet as a failover does, also from this deploy. Throws a `FlotillaError`; with FAILOVER_TARGET_NOT_STREAMING and
 * FAILOVER_TARGET_LAGS nothing was changed.
 */
export type GiveRole = (service: string, to: string) => Promise<void>;

/** What every deploy is given. */
export type DeployOptions = {
  readonly fleet: RemoteFleet;
  readonly tree: Tree;
  readonly secrets: SecretStore;
  readonly gate: Gate;
  readonly handOver: GiveRole;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Who deploys and why, for the lock and for whoever finds it held. */
  readonly holder: string;
  readonly reason: string;
  /** Stops the deploy between two steps when it aborts; what was begun to be returned is returned. */
  readonly signal?: AbortSignal;
  /** Servers to deploy to. All of them when absent. */
  readonly only?: readonly string[];
};

/** What a deploy carries from step to step once it holds its locks. */
export type DeployContext = DeployOptions & {
  readonly environment: string;
  /** Locks that are held, by server. */
  readonly locks: ReadonlyMap<string, ServerLock>;
  /** Takes back the locks that a hand-over took. Throws DEPLOY_PREEMPTED or DEPLOY_LOCK_LOST. */
  readonly relock: () => Promise<void>;
  /** Servers that answered when the run began. */
  readonly reachable: readonly string[];
};

/** One unit that changes. `mode`: what the containers must do about the new files. */
export type ReleaseChange = {
  readonly unit: ServiceUnit;
  /** Release to return to. Absent before the first. */
  readonly from?: string;
  /** The unit as it was in `from`. Absent when the server does not have it. */
  readonly previous?: ServiceUnit;
  readonly mode: 'up' | 'reload';
};

/** Gives the lock of a server. Throws when it is not held: acting without it is a bug. */
export function lockOf(context: DeployContext, server: string): ServerLock {
  const lock = context.locks.get(server);
  if (lock === undefined) throw new Error(`the lock of ${server} is not held`);
  return lock;
}

/** Stops where nothing is half done. Throws DEPLOY_INTERRUPTED. */
export function stopIfAsked({ signal, environment }: DeployContext): void {
  if (signal?.aborted === true) throw new FlotillaError('DEPLOY_INTERRUPTED', { environment });
}

/** Gives the Compose project of a unit. */
export function projectOf(environment: string, service: string): string {
  return `${environment}-${service}`;
}
