import type { ServiceOfKind } from '@flotilla/model';

import { callersOf, placedOn, sortedEntries } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { headerLine, hostCidr, joinLines } from '../text.ts';
import { GUARD_ROLE, REPLICATION_ROLE } from './roles.ts';

/** Gives `pg_hba.closed.conf`: the guard on the local socket and nobody else. */
export function closedAccess(fleet: Fleet, place: Place): string {
  return joinLines([headerLine(fleet.environment.environment, `${place.service} on ${place.server}`), ...LOCAL_LINES]);
}

/**
 * Gives `pg_hba.open.conf` on one member: the other members' replication, and the accounts of each database from every server with a
 * client: its owner, and whoever was made in it besides. What they may do there is for its grants to say. A client on this very server
 * arrives from the container network's own gateway, hence `samenet`.
 */
export function openAccess(fleet: Fleet, place: Place, service: ServiceOfKind<'postgres'>): string {
  const members = [...placedOn(fleet, place.service)].filter((server) => server !== place.server).sort();
  const clients = [...callersOf(fleet, place.service)];
  const opened = sortedEntries(service.open).flatMap(([port, { from }]) => (Number(port) === service.port ? from : []));
  const sources = [
    ...clients.map((server) => (server === place.server ? 'samenet' : hostCidr(fleet.hosts.get(server) ?? ''))),
    ...[...opened].sort(),
  ];
  return joinLines([
    headerLine(fleet.environment.environment, `${place.service} on ${place.server}`),
    ...LOCAL_LINES,
    ...members.map((server) => remoteLine('replication', REPLICATION_ROLE, hostCidr(fleet.hosts.get(server) ?? ''))),
    ...[...service.databases].sort().flatMap((database) => clientLines(database, [...new Set(sources)])),
  ]);
}

const LOCAL_LINES = [`local all postgres peer`, `local all ${GUARD_ROLE} scram-sha-256`];

/** The superuser is known on the local socket alone, and the accounts of the machinery have no business with data. */
const OURS = `postgres,${GUARD_ROLE},${REPLICATION_ROLE}`;

function clientLines(database: string, sources: readonly string[]): readonly string[] {
  if (sources.length === 0) return [];
  const admitted = sources.map((source) => remoteLine(`"${database}"`, 'all', source));
  return [`host "${database}" ${OURS} all reject`, ...admitted];
}

/** A quoted name is a name, even when it is `all` or `replication`. */
function remoteLine(database: string, role: string, source: string): string {
  return `host ${database} ${role} ${source} scram-sha-256`;
}
