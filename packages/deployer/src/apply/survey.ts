import { compareText } from '@flotilla/model';
import type { ServerTree, Tree } from '@flotilla/model';

import { observeFleet } from '../observe/observe.ts';
import type { Observation } from '../observe/observation.ts';
import { toObservedServer } from '../observe/observed.ts';
import { planUnits } from '../plan/index.ts';
import type { RolesSeen } from '../plan/plan-roles.ts';
import { guardedServices } from '../plan/surroundings.ts';
import type { ServerChanges, UnitChange } from '../plan/index.ts';
import type { DeployOptions } from './context.ts';
import { groupDrains } from './drain.ts';
import type { EdgeEntries } from './drain.ts';
import { isRemovable } from './remove.ts';
import { rolesIn } from './roles.ts';

/** What the fleet is and what a deploy of the tree would do to it. */
export type Survey = {
  readonly observations: ReadonlyMap<string, Observation>;
  /** Every server that did not answer, target or not, with why. */
  readonly unreachable: ReadonlyMap<string, string>;
  /** Those of them whose host key was refused. */
  readonly impostors: readonly string[];
  /** Targets, in the tree's order. */
  readonly targets: readonly ServerTree[];
  /** What is done, on targets that answer and are not frozen. */
  readonly changes: readonly ServerChanges[];
  /** What is not done, because a person froze the server. */
  readonly frozen: readonly ServerChanges[];
  /** What waits for the next deploy, because its server is not locked; empty at the first look. */
  readonly postponed: readonly ServerChanges[];
  /** Units with data that nobody declares any more; left alone. */
  readonly kept: readonly { readonly server: string; readonly service: string }[];
  /** Entries that an interrupted deploy left out of rotation. */
  readonly leftDrained: readonly EdgeEntries[];
  readonly roles: Required<RolesSeen>;
};

/** Which fleet to look at, and for which tree. */
export type SurveyOptions = Pick<DeployOptions, 'fleet' | 'tree' | 'only'>;

/** Reads the fleet in one round trip per server, all at once, and plans. Changes nothing. */
export async function survey({ fleet, tree, only }: SurveyOptions): Promise<Survey> {
  const drains = tree.servers.flatMap(({ units }) => units.flatMap((unit) => unit.drains));
  const guarded = [...guardedServices(tree).keys()].toSorted(compareText);
  const edgeServers = [...new Set(drains.map(({ edgeServer }) => edgeServer))];
  const answers = await observeFleet(fleet, { environment: tree.environment, guarded, edgeServers });
  const observations = new Map(answers.flatMap((one) => (one.kind === 'reached' ? [[one.server, one] as const] : [])));
  const targets = tree.servers.filter(({ server }) => only?.includes(server) ?? true);
  const planned = targets.flatMap((desired) => planServer(desired, observations.get(desired.server)));
  const isFrozen = ({ server }: ServerChanges) => observations.get(server)?.hold !== undefined;
  return {
    observations,
    unreachable: new Map(answers.flatMap((one) => (one.kind === 'unreachable' ? [[one.server, one.detail]] : []))),
    impostors: answers.flatMap((one) => (one.kind === 'unreachable' && one.isImpostor ? [one.server] : [])),
    targets,
    changes: planned.filter((one) => !isFrozen(one)).map(withoutKept),
    frozen: planned.filter(isFrozen).map(withoutKept),
    postponed: [],
    kept: planned.flatMap(({ server, changes }) => changes.filter(isKept).map(({ service }) => ({ server, service }))),
    leftDrained: leftDrained(tree, observations),
    roles: rolesIn(answers),
  };
}

/** Whether a deploy has something to do. */
export function isNothingToDo({ changes, leftDrained }: Survey): boolean {
  return leftDrained.length === 0 && changes.every((server) => server.changes.every(({ kind }) => kind === 'none'));
}

function planServer(desired: ServerTree, observation: Observation | undefined): readonly ServerChanges[] {
  if (observation === undefined) return [];
  const { server } = desired;
  return [{ server, changes: planUnits({ desired, observed: toObservedServer(observation) }) }];
}

function isKept(change: UnitChange): boolean {
  return change.kind === 'remove' && !isRemovable(change);
}

function withoutKept({ server, changes }: ServerChanges): ServerChanges {
  return { server, changes: changes.filter((change) => !isKept(change)) };
}

function leftDrained(tree: Tree, observations: ReadonlyMap<string, Observation>): readonly EdgeEntries[] {
  const points = tree.servers.flatMap(({ units }) => units.flatMap((unit) => unit.drains));
  const left = points.filter(({ edgeServer, backend, entry }) =>
    observations
      .get(edgeServer)
      ?.edge.some((one) => one.isMaintained && one.backend === backend && one.entry === entry),
  );
  return groupDrains(left);
}
