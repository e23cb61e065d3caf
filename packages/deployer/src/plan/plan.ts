import { compareText } from '@flotilla/model';
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
  /** The error with which a deploy refuses it, and everything beside it. Absent where nothing is known against it. */
  readonly refusal?: RefusalCode;
  /** Why it may fail nevertheless, and what to do about that. Absent when nothing is to be feared. */
  readonly doubt?: string;
};

/** Why a deploy would refuse an operation, as far as rendered files tell. */
export type RefusalCode = 'DEPLOY_MAJOR_VERSION' | 'DEPLOY_CONTROL_CHANGED';

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

/** What a deploy of a plan would refuse: one service, wherever it changes. */
export type RefusedService = {
  readonly service: string;
  /** Sorted. */
  readonly servers: readonly string[];
  readonly code: RefusalCode;
  /** A way to the same end that a deploy goes. */
  readonly path: string;
};

/** Gives what a deploy of a plan would refuse, by service; empty when there is nothing. */
export function refusedIn(plan: Plan): readonly RefusedService[] {
  const refused = new Map<string, RefusedService>();
  for (const { server, operations } of plan.servers) {
    for (const operation of operations) {
      if (operation.kind === 'host-change' || operation.refusal === undefined) continue;
      const { service, refusal: code, saferPath: path = '' } = operation;
      const servers = [...(refused.get(service)?.servers ?? []), server];
      refused.set(service, { service, servers, code, path });
    }
  }
  return [...refused.values()].toSorted((left, right) => compareText(left.service, right.service));
}

/** Tells whether a plan changes any server. */
export function hasChanges(plan: Plan): boolean {
  return plan.servers.some((server) => !isUnchanged(server));
}
