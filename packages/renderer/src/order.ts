import {
  compareText,
  endpointUnit,
  ETCD_UNIT,
  GUARD_UNIT,
  isDatabase,
  poolerUnit,
  sentinelUnit,
} from '@flotilla/model';
import type { ServiceUnit } from '@flotilla/model';

import { usesOf } from './fleet.ts';
import type { Fleet } from './fleet.ts';

/** Gives the units that must start before this one on its server, among those named; sorted. */
export function unitsBefore(
  fleet: Fleet,
  unit: Pick<ServiceUnit, 'service' | 'kind'>,
  present: ReadonlySet<string>,
): string[] {
  const before = dependenciesOf(fleet, unit).filter((name) => name !== unit.service && present.has(name));
  return [...new Set(before)].sort(compareText);
}

/**
 * Gives units in start order: what stands in `after` first, otherwise by name. Units in a circle follow at the end,
 * by name, so that every unit appears once.
 */
export function sortByStart<U extends Pick<ServiceUnit, 'service' | 'after'>>(units: readonly U[]): readonly U[] {
  const byName = [...units].sort((left, right) => compareText(left.service, right.service));
  const sorted: U[] = [];
  const started = new Set<string>();
  let waiting = byName;
  for (;;) {
    const next = waiting.find((unit) => unit.after.every((name) => started.has(name)));
    if (next === undefined) return [...sorted, ...waiting];
    sorted.push(next);
    started.add(next.service);
    waiting = waiting.filter((unit) => unit !== next);
  }
}

function dependenciesOf(fleet: Fleet, { service, kind }: Pick<ServiceUnit, 'service' | 'kind'>): readonly string[] {
  switch (kind) {
    case 'guard':
    case 'etcd':
      return [];
    case 'sentinel':
      return [GUARD_UNIT];
    case 'postgres':
    case 'mysql':
    case 'mariadb':
    case 'redis':
      return [GUARD_UNIT, ETCD_UNIT, sentinelUnit(service)];
    case 'endpoint':
      return [GUARD_UNIT, withoutSuffix(service, endpointUnit(''))];
    case 'pooler':
      return [endpointUnit(withoutSuffix(service, poolerUnit('')))];
    case 'app':
    case 'worker':
    case 'nginx':
    case 'haproxy':
      return calledBy(fleet, service);
    default:
      throw new Error(`unreachable: ${String(kind satisfies never)}`);
  }
}

/** The name of a derived unit begins with the database's, and this is the way back. */
function withoutSuffix(unit: string, suffix: string): string {
  return unit.slice(0, unit.length - suffix.length);
}

/** Gives the units that a declared service sends requests to, on whichever server they are. */
export function calledBy(fleet: Fleet, name: string): readonly string[] {
  const service = fleet.services.get(name);
  if (service === undefined) return [];
  const routed = service.kind === 'nginx' || service.kind === 'haproxy' ? Object.values(service.routes) : [];
  const used = usesOf(service).flatMap((use) =>
    isDatabase(fleet.services.get(use.service)) ? [endpointUnit(use.service), poolerUnit(use.service)] : [use.service],
  );
  return [...routed, ...used];
}
