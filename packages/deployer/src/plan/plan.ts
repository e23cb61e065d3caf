import type { ServiceUnit, Tier } from '@flotilla/model';

import type { FileChange } from './file-changes.ts';
import type { Impact } from './impact.ts';

/** What every operation says of itself. */
type Consequence = {
  /** Why it happens, naming what changed. */
  readonly reason: string;
  /** The files behind it; sorted by path. */
  readonly files: readonly FileChange[];
  readonly impact: Impact;
  /** What clients will notice; begins with `none` when they notice nothing. */
  readonly unavailability: string;
  /** A gentler way to the same end, followable as it stands. Absent when there is none. */
  readonly saferPath?: string;
};

/**
 * What is done to one service on one server. `update`: files are replaced that nothing running reads.
 * `restart`: as `recreate`, caused only by files that the engine reads when it starts.
 */
export type UnitOperation = Consequence & {
  readonly kind: 'create' | 'recreate' | 'restart' | 'reload' | 'update' | 'remove';
  readonly service: string;
  readonly unitKind: ServiceUnit['kind'];
  readonly tier: Tier;
};

/** Files of the server itself, beside its services. */
export type HostOperation = Consequence & { readonly kind: 'host-change' };

export type Operation = UnitOperation | HostOperation;

/** What two lists of names differ in; each sorted. */
export type Differences = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

/** What changes on one server. */
export type ServerPlan = {
  readonly server: string;
  /** Absent for a server that is new. */
  readonly digestBefore?: string;
  /** Absent for a server that leaves the environment. */
  readonly digestAfter?: string;
  /** By path. */
  readonly files: Differences;
  /** By service name. */
  readonly units: Differences;
  /** In start order, removals after them, the host last. Empty when nothing changes. */
  readonly operations: readonly Operation[];
  /** The gravest of the operations. */
  readonly impact: Impact;
  /** The operations' own words; `none` when there are none. */
  readonly unavailability: string;
};

/** What a merge changes in the whole fleet, from rendered files alone. */
export type Plan = {
  readonly environment: string;
  /** Digest of the tree that would be deployed. */
  readonly digest: string;
  /** Absent when there was no tree before. */
  readonly digestBefore?: string;
  /** Every server of either tree, sorted by name; those without a change too. */
  readonly servers: readonly ServerPlan[];
};

/** Tells whether a server's bytes stay what they were. */
export function isUnchanged(plan: ServerPlan): boolean {
  return plan.digestBefore === plan.digestAfter && plan.operations.length === 0;
}

/** Tells whether a plan changes any server. */
export function hasChanges(plan: Plan): boolean {
  return plan.servers.some((server) => !isUnchanged(server));
}
