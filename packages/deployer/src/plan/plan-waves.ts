import type { DrainPoint, ServiceUnit, Tree } from '@flotilla/model';
import { compareText } from '@flotilla/model';

import { dataSteps } from './data-steps.ts';
import type { HandOver, Step } from './data-steps.ts';
import type { RolesSeen } from './plan-roles.ts';
import type { ActiveChange, UnitChange } from './plan-units.ts';
import { backendKey } from './surroundings.ts';

/** The changes of one server. */
export type ServerChanges = { readonly server: string; readonly changes: readonly UnitChange[] };

/** What is done on one server in one wave, in this order. */
export type WaveGroup = {
  readonly server: string;
  /** Never empty. */
  readonly changes: readonly ActiveChange[];
  /** Entries to take out of rotation before the first change and to put back after the last gate; sorted, without repeats. */
  readonly drains: readonly DrainPoint[];
  /** Roles that leave this server before the first change; sorted by service. Empty nearly always. */
  readonly handOvers: readonly HandOver[];
};

/** Groups that may run at the same time. A wave begins when every gate of the one before has passed. */
export type Wave = {
  readonly kind: 'guards' | 'consensus' | 'data' | 'canary' | 'rollout' | 'edges' | 'removals';
  /** Never empty; sorted by server. */
  readonly groups: readonly WaveGroup[];
};

/** What planning waves looks at. */
export type WaveInput = RolesSeen & {
  readonly after: Tree;
  readonly changes: readonly ServerChanges[];
};

type Ring = 'guards' | 'consensus' | 'data' | 'stateless' | 'edges' | 'removals';

/**
 * Gives the order of a deploy: guards, because they must know what they will be asked; what decides by consensus about
 * primaries; databases, replicas before primaries (a new or closed primary before the replicas that need it, a new replica last); then what is stateless with its data endpoints, one canary server
 * first, and servers that share a backend one after another; then edges, one server after another; then removals,
 * when no edge sends requests to them any more.
 */
export function planWaves({ after, changes, ...seen }: WaveInput): readonly Wave[] {
  const steps = changes.flatMap(({ server, changes: list }) => list.flatMap((change) => activeStep(server, change)));
  steps.sort((left, right) => compareText(left.server, right.server));
  const early = new Set(steps.filter((step) => blocksCreation(step, steps)));
  const ring = (wanted: Ring) =>
    steps.filter((step) => (early.has(step) ? 'stateless' : ringOf(step.change)) === wanted);
  return [
    ...votingWaves('guards', ring('guards')),
    ...votingWaves('consensus', ring('consensus')),
    ...dataSteps({ after, steps: ring('data'), seen }).map((group) => waveOf('data', group)),
    ...rolloutWaves(ring('stateless')),
    ...oneByOne('edges', ring('edges')),
    ...allTogether('removals', ring('removals')),
  ];
}

function activeStep(server: string, change: UnitChange): readonly Step[] {
  return change.kind === 'none' ? [] : [{ server, change }];
}

function ringOf({ kind, unit }: ActiveChange): Ring {
  if (kind === 'remove' || unit === undefined) return 'removals';
  switch (unit.tier) {
    case 'data':
      return 'data';
    case 'edge':
      return 'edges';
    case 'platform':
      return platformRing(unit.kind);
    case 'stateless':
      return 'stateless';
    default:
      throw new Error(`unreachable: ${String(unit.tier satisfies never)}`);
  }
}

function platformRing(kind: ServiceUnit['kind']): Ring {
  if (kind === 'guard') return 'guards';
  return kind === 'etcd' || kind === 'sentinel' ? 'consensus' : 'stateless';
}

/** A stateless unit that holds a port which a new unit of its server needs must go first. */
function blocksCreation({ server, change }: Step, steps: readonly Step[]): boolean {
  if (change.kind !== 'remove' || change.unit?.tier !== 'stateless') return false;
  const held = portsOf(change.unit);
  return steps.some(
    (other) =>
      other.server === server &&
      other.change.kind !== 'remove' &&
      portsOf(other.change.unit).some((port) => held.includes(port)),
  );
}

function portsOf(unit: ServiceUnit): readonly number[] {
  return unit.publishes.map(({ port }) => port);
}

/** New voters start together; running ones one after another, so that a majority of them always answers. */
function votingWaves(kind: 'guards' | 'consensus', steps: readonly Step[]): readonly Wave[] {
  return [
    ...allTogether(
      kind,
      steps.filter((step) => !isReplaced(step)),
    ),
    ...oneByOne(kind, steps.filter(isReplaced)),
  ];
}

function rolloutWaves(steps: readonly Step[]): readonly Wave[] {
  const [canary, ...rest] = groupsOf(steps);
  if (canary === undefined) return [];
  const waves: WaveGroup[][] = [];
  const lastOf = new Map<string, number>();
  for (const group of rest) {
    const shared = group.drains.map(backendKey);
    const index = Math.max(-1, ...shared.map((key) => lastOf.get(key) ?? -1)) + 1;
    for (const key of shared) lastOf.set(key, index);
    (waves[index] ??= []).push(group);
  }
  return [{ kind: 'canary', groups: [canary] }, ...waves.map((groups): Wave => ({ kind: 'rollout', groups }))];
}

function oneByOne(kind: Wave['kind'], steps: readonly Step[]): readonly Wave[] {
  return groupsOf(steps).map((group) => ({ kind, groups: [group] }));
}

function allTogether(kind: Wave['kind'], steps: readonly Step[]): readonly Wave[] {
  return steps.length === 0 ? [] : [waveOf(kind, steps)];
}

function waveOf(kind: Wave['kind'], steps: readonly Step[]): Wave {
  return { kind, groups: groupsOf(steps) };
}

/** Removals first within a group: they are there because their ports are needed. */
function groupsOf(steps: readonly Step[]): readonly WaveGroup[] {
  return [...Map.groupBy(steps, ({ server }) => server)].map(([server, group]) => {
    const changes = group.map(({ change }) => change);
    const ordered = [...changes.filter(isRemoval), ...changes.filter((change) => !isRemoval(change))];
    const handOvers = group.flatMap(({ handOver }) => (handOver === undefined ? [] : [handOver]));
    handOvers.sort((left, right) => compareText(left.service, right.service));
    return { server, changes: ordered, drains: drainsOf(changes), handOvers };
  });
}

/** A unit that is new is in no rotation yet, and a reload keeps its connections. */
function drainsOf(changes: readonly ActiveChange[]): readonly DrainPoint[] {
  const points = changes.flatMap((change) =>
    change.kind === 'recreate' || change.kind === 'remove' ? (change.unit?.drains ?? []) : [],
  );
  const unique = new Map(points.map((point) => [`${backendKey(point)}/${point.entry}`, point]));
  return [...unique].sort(([left], [right]) => compareText(left, right)).map(([, point]) => point);
}

function isRemoval({ kind }: ActiveChange): boolean {
  return kind === 'remove';
}

function isReplaced({ change }: Step): boolean {
  return change.kind === 'recreate';
}
