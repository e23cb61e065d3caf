import { compareText, isDatabase, serversOf } from '@flotilla/model';
import type { DatabaseKind, DatabaseService, Environment, Service } from '@flotilla/model';

import { createContentHash } from './digest.ts';
import type { ContentHash } from './digest.ts';

/** What rendering needs beside the environment. */
export type RenderInputs = {
  /** Secret name to the hash of its ciphertext; a secret without an entry counts as empty. */
  readonly secretHashes: Readonly<Record<string, string>>;
  /** Text of the POSIX-sh wrapper that starts each kind of engine under the guard, and of what Patroni runs besides. */
  readonly wrappers: Readonly<Record<DatabaseKind | 'patroni' | 'patroni-rewind', string>>;
};

/** One service on one server. */
export type Place = { readonly server: string; readonly host: string; readonly service: string };

/** An environment with its relations looked up once. References to what does not exist are left out. */
export type Fleet = {
  readonly environment: Environment;
  readonly inputs: RenderInputs;
  readonly contentHash: ContentHash;
  /** Server name to address, sorted by name. */
  readonly hosts: ReadonlyMap<string, string>;
  /** Sorted by name. */
  readonly services: ReadonlyMap<string, Service>;
  /** Service to the servers that run it, in the order they are written; for a database the preferred primary first. */
  readonly placements: ReadonlyMap<string, ReadonlySet<string>>;
  /** Server to its declared services; sorted. */
  readonly servicesOn: ReadonlyMap<string, readonly string[]>;
  /** Service to the servers that call it at its published address on other servers; sorted. */
  readonly callers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Services with a primary, which the guards watch; sorted. */
  readonly databases: readonly (readonly [string, DatabaseService])[];
  /** Server to the databases that its units use; sorted. */
  readonly endpointsOn: ReadonlyMap<string, readonly string[]>;
};

const NONE: ReadonlySet<string> = new Set();

/** Gives the environment with its relations looked up. */
export function surveyFleet(environment: Environment, inputs: RenderInputs): Fleet {
  const hosts = new Map(sortedEntries(environment.servers).map(([name, server]) => [name, server.host]));
  const services = new Map(sortedEntries(environment.services));
  const placements = new Map([...services].map(([name, service]) => [name, placementOf(service, hosts)]));
  const databases = [...services].flatMap(([name, service]) => (isDatabase(service) ? [[name, service] as const] : []));
  const survey = { environment, inputs, contentHash: createContentHash(), hosts, services, placements, databases };
  return {
    ...survey,
    servicesOn: invert(placements),
    callers: findCallers(survey),
    endpointsOn: findEndpoints(survey),
  };
}

/** Gives the servers that run a service; empty when there is no such service. */
export function placedOn(fleet: Pick<Fleet, 'placements'>, service: string): ReadonlySet<string> {
  return fleet.placements.get(service) ?? NONE;
}

/** Gives the servers that call a service at its published address; sorted. */
export function callersOf(fleet: Fleet, service: string): ReadonlySet<string> {
  return fleet.callers.get(service) ?? NONE;
}

/** Gives what a service uses with the prefix of its variables; empty for a kind that uses nothing. */
export function usesOf(service: Service): readonly { readonly service: string; readonly prefix: string }[] {
  if (service.kind !== 'app' && service.kind !== 'worker') return [];
  return service.uses.map((use) =>
    typeof use === 'string'
      ? { service: use, prefix: use.toUpperCase().replaceAll('-', '_') }
      : { service: use.service, prefix: use.as },
  );
}

/** Gives the port that a routed or used service listens on inside its container; `undefined` when it serves none. */
export function portOf(service: Service | undefined): number | undefined {
  return service !== undefined && 'port' in service && !isDatabase(service) ? service.port : undefined;
}

/** Gives the entries of a record sorted by key. */
export function sortedEntries<V>(record: Readonly<Record<string, V>>): [string, V][] {
  return Object.entries(record).sort(([left], [right]) => compareText(left, right));
}

type Survey = Pick<Fleet, 'services' | 'placements' | 'hosts'>;

function placementOf(service: Service, hosts: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(serversOf(service).filter((server) => hosts.has(server)));
}

function invert(placements: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const inverted = new Map<string, string[]>();
  for (const [service, servers] of placements) for (const server of servers) append(inverted, server, service);
  return inverted;
}

/** An nginx reaches the copy on its own server and no other; a balancer spreads over all of them. */
function findCallers(survey: Survey): Map<string, ReadonlySet<string>> {
  const callers = new Map<string, Set<string>>();
  const call = (target: string, caller: string, onlyWhereMissing: boolean) => {
    const placed = placedOn(survey, target);
    const known = callers.get(target) ?? new Set();
    for (const server of placedOn(survey, caller)) if (!onlyWhereMissing || !placed.has(server)) known.add(server);
    callers.set(target, known);
  };
  for (const [name, service] of survey.services) {
    if (service.kind === 'nginx' || service.kind === 'haproxy')
      for (const target of Object.values(service.routes)) call(target, name, service.kind === 'nginx');
    for (const use of usesOf(service)) call(use.service, name, !isDatabase(survey.services.get(use.service)));
  }
  return new Map([...callers].map(([target, servers]) => [target, new Set([...servers].sort(compareText))]));
}

function findEndpoints(survey: Survey): Map<string, string[]> {
  const used = new Map<string, Set<string>>();
  for (const [name, service] of survey.services)
    for (const use of usesOf(service)) {
      if (!isDatabase(survey.services.get(use.service))) continue;
      for (const server of placedOn(survey, name)) used.set(server, (used.get(server) ?? new Set()).add(use.service));
    }
  return new Map([...used].map(([server, services]) => [server, [...services].sort(compareText)]));
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
