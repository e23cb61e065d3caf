import type { Environment, Path, Position } from '@flotilla/model';
import { controlOf, endpointUnit, ETCD_UNIT, isDatabase, poolerUnit, sentinelUnit } from '@flotilla/model';

import { openedPorts } from './dead-ports.ts';
import { RUNTIME_PORT } from './edge-ports.ts';
import type { TreeInput } from './rule.ts';
import { entryOf, servicesOf } from './rule.ts';

/** Gives where a unit is written; a derived one stands at its database, the guard at the services. */
export function unitPosition({ environment, sources }: TreeInput, unit: string): Position {
  const service = declaringService(environment, unit);
  return service === undefined ? sources.keyAt(['services']) : sources.keyAt(['services', service]);
}

/** Gives where the port that a unit publishes is written, or the unit when the port is a default. */
export function portPosition(input: TreeInput, unit: string, port: number): Position {
  const { environment, sources } = input;
  const service = entryOf(environment.services, unit);
  if (service === undefined) return unitPosition(input, unit);
  const base: Path = ['services', unit];
  if (service.kind === 'haproxy' && service.stats === port) return sources.valueAt([...base, 'stats']);
  const opened = openedPorts(unit, service).find((candidate) => candidate.port === port);
  if (opened !== undefined) return sources.keyAt(opened.path);
  return 'port' in service && service.port === port ? sources.valueAt([...base, 'port']) : unitPosition(input, unit);
}

/**
 * Gives the field that moves a port of a unit, such as `stats of edge`; `undefined` when none does: the runtime API of an edge stays, and what a
 * database publishes beside its own port.
 */
export function portField({ environment }: TreeInput, unit: string, port: number): string | undefined {
  const service = entryOf(environment.services, unit);
  if (service === undefined) return derivedField(environment, unit);
  if (service.kind === 'haproxy' && service.stats === port) return `stats of ${unit}`;
  if ('port' in service && service.port === port) return `port of ${unit}`;
  const isOpened = openedPorts(unit, service).some((candidate) => candidate.port === port);
  if (service.kind === 'haproxy' && port === RUNTIME_PORT) return undefined;
  if (isDatabase(service) && !isOpened) return undefined;
  return service.kind === 'worker' ? `public and open of ${unit}` : `port of ${unit}`;
}

function derivedField(environment: Environment, unit: string): string | undefined {
  const name = declaringService(environment, unit);
  return name !== undefined && sentinelUnit(name) === unit ? `sentinelPort of ${name}` : undefined;
}

/** Gives the declared service that a unit belongs to: itself, the database that it was derived for, or the first that Patroni decides. */
function declaringService(environment: Environment, unit: string): string | undefined {
  if (entryOf(environment.services, unit) !== undefined) return unit;
  const isOwn = (name: string) => [endpointUnit, poolerUnit, sentinelUnit].some((derive) => derive(name) === unit);
  return servicesOf(environment).find(
    ([name, service]) =>
      isDatabase(service) && (isOwn(name) || (unit === ETCD_UNIT && controlOf(service) === 'patroni')),
  )?.[0];
}
