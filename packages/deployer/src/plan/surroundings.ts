import type { Control, DrainPoint, GuardConfig, GuardedService, ServiceUnit, Tree } from '@flotilla/model';
import { GUARD_UNIT, unitFolder } from '@flotilla/model';

/** What the consequence of an operation depends on beyond its unit. */
export type Surroundings = {
  readonly environment: string;
  /** Tells whether every backend of these points has another entry to take the requests. */
  readonly canDrain: (points: readonly DrainPoint[]) => boolean;
  /** Servers of a guarded service, preferred primary first; empty when it is not known as one. */
  readonly members: (service: string) => readonly string[];
  /** Who decides about the primary of a guarded service; `undefined` when it is not known as one. */
  readonly control: (service: string) => Control | undefined;
};

/** Gives the surroundings of a tree's units. */
export function surveyTree(tree: Tree): Surroundings {
  const entries = new Map<string, Set<string>>();
  for (const { units } of tree.servers) {
    for (const point of units.flatMap((unit) => unit.drains)) {
      const key = backendKey(point);
      entries.set(key, (entries.get(key) ?? new Set()).add(point.entry));
    }
  }
  const guarded = guardedServices(tree);
  return {
    environment: tree.environment,
    canDrain: (points) => points.every((point) => hasOther(entries.get(backendKey(point)), point.entry)),
    members: (service) => guarded.get(service)?.members ?? [],
    control: (service) => guarded.get(service)?.control,
  };
}

/** Gives a text that the drain points of one backend of one edge share. */
export function backendKey({ edgeService, edgeServer, backend }: DrainPoint): string {
  return `${edgeServer}/${edgeService}/${backend}`;
}

/** Gives the services with a primary of a tree, by name, preferred primary first; read from a guard's configuration and the members' units. */
export function guardedServices(tree: Tree): ReadonlyMap<string, GuardedService> {
  const path = `${unitFolder(GUARD_UNIT)}/guard.json`;
  for (const { files } of tree.servers) {
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) continue;
    // The renderer writes this file from a GuardConfig, and the tree is its own output.
    const { services } = JSON.parse(file.text) as GuardConfig;
    return new Map(services.map((service) => [service.service, byPreference(service, tree)]));
  }
  return new Map();
}

function byPreference(guarded: GuardedService, { servers }: Tree): GuardedService {
  const place = (member: string) => {
    const units = servers.find(({ server }) => server === member)?.units ?? [];
    const unit = units.find(({ service }) => service === guarded.service);
    return unit?.preference ?? guarded.members.indexOf(member);
  };
  return { ...guarded, members: guarded.members.toSorted((left, right) => place(left) - place(right)) };
}

/** Tells whether removing this unit leaves data behind that nothing uses. */
export function keepsData(unit: ServiceUnit, composeText: string): boolean {
  return unit.tier === 'data' || /^volumes:/m.test(composeText);
}

function hasOther(entries: ReadonlySet<string> | undefined, entry: string): boolean {
  return entries !== undefined && [...entries].some((other) => other !== entry);
}
