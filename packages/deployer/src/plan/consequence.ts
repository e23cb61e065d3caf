import type { ServiceUnit } from '@flotilla/model';

import type { Impact } from './impact.ts';
import type { Surroundings } from './surroundings.ts';

/** What an operation costs its clients. */
export type Consequence = { readonly impact: Impact; readonly unavailability: string; readonly saferPath?: string };

/** Gives what it costs when a unit appears. */
export function onCreate(unit: ServiceUnit, { members }: Surroundings): Consequence {
  const isReplica = unit.tier === 'data' && members(unit.service).slice(1).includes(unit.server);
  return {
    impact: 'none',
    unavailability: isReplica ? 'none: it copies from the primary while that serves' : 'none: it is new',
  };
}

/** Gives what it costs when a unit re-reads its files. */
export function onReload(unit: ServiceUnit): Consequence {
  const unavailability =
    unit.tier === 'data' ? 'none: the engine reads its settings while it serves' : 'none: connections are kept';
  return { impact: 'reload', unavailability };
}

/** Gives what it costs when a unit ends for good. */
export function onRemove(unit: ServiceUnit, hasData: boolean, around: Surroundings): Consequence {
  if (hasData) {
    return {
      impact: 'data-risk',
      unavailability: `${unit.service} ends on ${unit.server}; its data stay on the disk, and nothing keeps them current`,
      saferPath: `take a backup of ${unit.service} and restore it once before this is merged`,
    };
  }
  if (unit.drains.length > 0 && around.canDrain(unit.drains)) {
    return { impact: 'recreate', unavailability: `none: ${drained(unit)}` };
  }
  return { impact: 'recreate', unavailability: `${unit.service} ends on ${unit.server}` };
}

/** Gives what it costs when a unit's container is replaced, or only restarted. */
export function onReplace(unit: ServiceUnit, impact: 'recreate' | 'restart', around: Surroundings): Consequence {
  switch (unit.tier) {
    case 'data':
      return { impact, ...dataGap(unit, around) };
    case 'edge':
      return { impact, unavailability: 'about 2 s, and open connections through it break' };
    case 'platform':
      return { impact, unavailability: platformGap(unit, around) };
    case 'stateless':
      return { impact, unavailability: statelessGap(unit, around) };
    default:
      throw new Error(`unreachable: ${String(unit.tier satisfies never)}`);
  }
}

/** Gives what it costs when an engine finds data of another major version. */
export function onMajorChange(unit: ServiceUnit, from: number, to: number): Consequence {
  return {
    impact: 'data-risk',
    unavailability: `${unit.service} does not start: version ${to} cannot read the data directory of version ${from}`,
    saferPath: `add a service of version ${to} beside it, copy the data by dump and restore or logical replication, then move its clients`,
  };
}

function dataGap(unit: ServiceUnit, { members, environment }: Surroundings): Omit<Consequence, 'impact'> {
  const [primary, ...replicas] = members(unit.service);
  if (primary !== undefined && unit.server !== primary) {
    return { unavailability: 'none for writes; reads move to the primary for about 5 s' };
  }
  const [first] = replicas;
  if (first === undefined) return { unavailability: 'about 5 s of reads and writes' };
  return {
    unavailability: 'about 5 s of writes',
    saferPath: `replicas first, then scripts/flotilla switchover ${environment} ${unit.service} --to ${first}, then ${unit.server}`,
  };
}

function platformGap(unit: ServiceUnit, around: Surroundings): string {
  if (unit.kind === 'guard') return 'none: databases keep their last verdict while the guard starts again';
  const lost = `connections of ${unit.server} through it break and come back within about 2 s`;
  return unit.drains.length > 0 && around.canDrain(unit.drains) ? `none for requests: ${drained(unit)}; ${lost}` : lost;
}

function statelessGap(unit: ServiceUnit, around: Surroundings): string {
  if (unit.kind === 'worker') return 'its work pauses for about 5 s';
  if (unit.drains.length === 0) return 'about 5 s: no balancer can send requests elsewhere';
  if (!around.canDrain(unit.drains)) return `about 5 s: ${unit.server} is the only entry of ${backends(unit)}`;
  return `none: ${drained(unit)}`;
}

function drained(unit: ServiceUnit): string {
  return `drained from ${backends(unit)} first`;
}

function backends(unit: ServiceUnit): string {
  return [...new Set(unit.drains.map((point) => point.backend))].sort().join(', ');
}
