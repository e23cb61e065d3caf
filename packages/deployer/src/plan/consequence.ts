import { CONTROL_WORDS } from '@flotilla/model';
import type { Control, ServiceUnit } from '@flotilla/model';

import { pauseOf, restartOf } from './data-costs.ts';
import { lowered } from './replica-floors.ts';
import type { LoweredFloor } from './replica-floors.ts';
import type { UnitOperation } from './plan.ts';
import { controlPath, upgradePath } from './series.ts';
import type { Surroundings } from './surroundings.ts';

/** What an operation costs its clients. */
export type Consequence = Pick<UnitOperation, 'impact' | 'unavailability' | 'saferPath' | 'refusal' | 'doubt'>;

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

/** Gives what it costs when a unit's container is replaced, or only restarted; `before` is what runs until then. */
export function onReplace(
  { before, after }: { readonly before: ServiceUnit; readonly after: ServiceUnit },
  impact: 'recreate' | 'restart',
  around: Surroundings,
): Consequence {
  switch (after.tier) {
    case 'data':
      return { impact, unavailability: dataGap(after, lowered(before, after), around) };
    case 'edge':
      return { impact, unavailability: 'about 2 s, and open connections through it break' };
    case 'platform':
      return { impact, unavailability: platformGap(after, around) };
    case 'stateless':
      return { impact, unavailability: statelessGap(after, around) };
    default:
      throw new Error(`unreachable: ${String(after.tier satisfies never)}`);
  }
}

/** Gives what it costs when an engine would find data of another series of versions. */
export function onMajorChange(unit: ServiceUnit, from: string, to: string): Consequence {
  return {
    impact: 'data-risk',
    unavailability: `none: a deploy refuses it, because version ${to} does not take over the data of version ${from} in a way that can be taken back`,
    saferPath: upgradePath(unit.kind, to),
    refusal: 'DEPLOY_MAJOR_VERSION',
  };
}

/** Gives what it costs when somebody else would decide who is primary of data that are there. */
export function onControlChange(unit: ServiceUnit, from: Control, to: Control): Consequence {
  return {
    impact: 'data-risk',
    unavailability: `none: a deploy refuses it, because ${CONTROL_WORDS[to]} does not take over a database of ${CONTROL_WORDS[from]}`,
    saferPath: controlPath(unit.kind, { from, to }),
    refusal: 'DEPLOY_CONTROL_CHANGED',
  };
}

/** The preferred primary is taken for the primary: git does not know who is. A deploy looks, and goes by what it finds. */
function dataGap(unit: ServiceUnit, less: readonly LoweredFloor[], { members }: Surroundings): string {
  const [primary, ...replicas] = members(unit.service);
  if (primary !== undefined && unit.server !== primary) {
    return 'none for writes; reads of this replica move elsewhere for about 5 s';
  }
  return replicas.length === 0 || less.length > 0 ? restartOf(less) : pauseOf(unit.server, replicas);
}

function platformGap(unit: ServiceUnit, around: Surroundings): string {
  switch (unit.kind) {
    case 'guard':
      return 'none: databases keep their last verdict while the guard starts again';
    case 'etcd':
    case 'sentinel':
      return 'none: the other voters decide while it starts again, one voter at a time';
    default: {
      const lost = `connections of ${unit.server} through it break and come back within about 2 s`;
      if (unit.drains.length === 0 || !around.canDrain(unit.drains)) return lost;
      return `none for requests: ${drained(unit)}; ${lost}`;
    }
  }
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
