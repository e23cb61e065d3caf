import type { FlotillaError } from '@flotilla/model';

import type { HandedOver } from './apply/hand-over.ts';

/**
 * Where a unit stands at the end. `held`: data tier or frozen server, left where it is. `not-reached`: the deploy stopped before.
 * `unknown`: the connection broke while it changed. `kept`: not in the tree any more, has data.
 */
export type UnitState =
  | 'unchanged'
  | 'changed'
  | 'returned'
  | 'held'
  | 'failed'
  | 'not-reached'
  | 'unknown'
  | 'removed'
  | 'kept';

export type UnitReport = {
  readonly service: string;
  readonly state: UnitState;
  /** Release that is meant to run at the end. Absent when there is none or it is not known. */
  readonly release?: string;
  readonly detail?: string;
};

/** Where a server stands at the end. Units sorted by name; empty for a server that did not answer. */
export type ServerReport = {
  readonly server: string;
  readonly isReachable: boolean;
  readonly units: readonly UnitReport[];
};

/**
 * How a deploy ended. `unchanged`: nothing to do and nothing touched. `returned`: it failed, and every stateless unit runs its
 * previous release again. `partly`: done, but for servers that did not answer or are frozen.
 */
export type DeployReport = {
  readonly outcome: 'unchanged' | 'done' | 'returned' | 'failed' | 'partly';
  readonly environment: string;
  /** Digest of the tree that was to be deployed. */
  readonly digest: string;
  /** Why it did not end well. Absent when it did. */
  readonly reason?: FlotillaError;
  /** Roles that this deploy moved from a primary to a replica, and left there; in order. */
  readonly handOvers: readonly HandedOver[];
  /** Sorted by name. */
  readonly servers: readonly ServerReport[];
};
