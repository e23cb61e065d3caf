import type { GuardedService, Tree } from '@flotilla/model';

import { isStandby } from './plan-roles.ts';
import type { RolesSeen } from './plan-roles.ts';
import type { ActiveChange } from './plan-units.ts';
import { loweredFloors } from './replica-floors.ts';
import { guardedServices } from './surroundings.ts';

/** A primary's role that must move to a replica before its server changes. */
export type HandOver = {
  readonly service: string;
  readonly from: string;
  /** Replicas that may take it, the best first; never empty. */
  readonly candidates: readonly string[];
};

/** One change on one server. `handOver`: what must happen to the primary's role just before. */
export type Step = { readonly server: string; readonly change: ActiveChange; readonly handOver?: HandOver };

/**
 * Gives changes of databases as waves: of each service one server at a time, replicas in their written order and the
 * primary last, after its role moved to a replica. A primary that is new or closed comes first, because its replicas copy it or wait for
 * it; so does one whose settings are lowered, because its replicas must not have less. A replica that is new comes after all of them, once
 * its primary lets it in. Members of a closed service that decides by consensus go together: only together can they decide.
 */
export function dataSteps({
  after,
  steps,
  seen,
}: {
  readonly after: Tree;
  readonly steps: readonly Step[];
  readonly seen: RolesSeen;
}): readonly (readonly Step[])[] {
  const guarded = guardedServices(after);
  const waves: Step[][] = [];
  for (const [service, own] of Map.groupBy(steps, ({ change }) => change.service)) {
    for (const [index, wave] of orderOne(own, guarded.get(service), seen).entries()) {
      (waves[index] ??= []).push(...wave);
    }
  }
  return waves.map((wave) => wave.toSorted((left, right) => (left.server < right.server ? -1 : 1)));
}

function orderOne(
  steps: readonly Step[],
  service: GuardedService | undefined,
  seen: RolesSeen,
): readonly (readonly Step[])[] {
  if (service === undefined) return steps.map((step) => [step]);
  const isClosed = seen.closed?.includes(service.service) ?? false;
  if (isClosed && service.control !== 'guard') return [steps];
  const { members } = service;
  const observed = seen.primaries?.[service.service];
  const primary = observed ?? members[0];
  const rank = ({ server, change }: Step) => {
    if (server === primary) return isClosed || comesFirst(change) ? -1 : members.length;
    const written = members.includes(server) ? members.indexOf(server) : members.length - 0.5;
    return change.kind === 'create' ? members.length + 1 + written : written;
  };
  const ordered = steps.toSorted((left, right) => rank(left) - rank(right));
  const isOpen = !isClosed && observed !== undefined;
  return ordered.map((step) => [
    isOpen && step.server === observed ? withHandOver(step, candidatesOf(service, steps, seen)) : step,
  ]);
}

function comesFirst(change: ActiveChange): boolean {
  return change.kind === 'create' || loweredFloors(change).length > 0;
}

function withHandOver(step: Step, candidates: readonly string[]): Step {
  const { server, change } = step;
  if (change.kind !== 'recreate' || loweredFloors(change).length > 0 || candidates.length === 0) return step;
  return { ...step, handOver: { service: change.service, from: server, candidates } };
}

/** Those that this deploy brings to the new release before the primary come first; each must stream by then. */
function candidatesOf(service: GuardedService, steps: readonly Step[], seen: RolesSeen): readonly string[] {
  const staying = steps.filter(({ change }) => change.kind !== 'remove' && change.kind !== 'create');
  const changed = new Set(staying.map(({ server }) => server));
  const others = service.members.filter((member) => member !== seen.primaries?.[service.service]);
  const able = others.filter((member) => changed.has(member) || isStandby(seen, service.service, member));
  return [...able.filter((member) => changed.has(member)), ...able.filter((member) => !changed.has(member))];
}
