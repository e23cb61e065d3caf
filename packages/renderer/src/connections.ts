import { databaseSecrets, endpointPorts, isDatabase } from '@flotilla/model';
import type { DatabaseService, SecretUse, Service } from '@flotilla/model';

import { portOf, placedOn, usesOf } from './fleet.ts';
import type { Fleet, Place } from './fleet.ts';
import { sentinelAddresses } from './redis/sentinel.ts';

/** What a container is told of the services it uses, and of its own settings. */
export type Injected = {
  readonly environment: Readonly<Record<string, string>>;
  /** Sorted by variable. */
  readonly secretEnv: readonly SecretUse[];
};

/**
 * Gives the variables of a service on one server: the connections of what it uses and its secrets, under its own
 * `env`, which wins.
 */
export function injectVariables(fleet: Fleet, place: Place, service: Service): Injected {
  const environment: Record<string, string> = {};
  const secrets = new Map<string, string>();
  for (const { service: used, prefix } of usesOf(service)) {
    const target = fleet.services.get(used);
    if (isDatabase(target)) injectDatabase(usedDatabase(fleet, { used, prefix }, target), environment, secrets);
    else Object.assign(environment, peerVariables(fleet, place, { used, prefix }));
  }
  for (const [name, value] of Object.entries(service.env)) environment[name] = String(value);
  for (const name of service.secrets) secrets.set(name.toUpperCase().replaceAll('-', '_'), name);
  const variables = [...secrets.keys()].filter((variable) => !Object.hasOwn(service.env, variable)).sort();
  return { environment, secretEnv: variables.map((variable) => ({ variable, secret: secrets.get(variable) ?? '' })) };
}

type UsedDatabase = {
  readonly name: string;
  readonly prefix: string;
  readonly target: DatabaseService;
  /** Addresses of its Sentinels, for clients that ask them themselves. */
  readonly sentinels: readonly string[];
};

function usedDatabase(
  fleet: Fleet,
  { used, prefix }: { readonly used: string; readonly prefix: string },
  target: DatabaseService,
): UsedDatabase {
  const sentinels = target.kind === 'redis' ? sentinelAddresses(fleet, target) : [];
  return { name: used, prefix, target, sentinels };
}

function injectDatabase(used: UsedDatabase, environment: Record<string, string>, secrets: Map<string, string>): void {
  const { name, prefix, target, sentinels } = used;
  const ports = endpointPorts(target.kind);
  environment[`${prefix}_HOST`] = name;
  environment[`${prefix}_PORT`] = String(ports.write);
  environment[`${prefix}_READ_PORT`] = String(ports.read);
  if (target.kind === 'redis') {
    secrets.set(`${prefix}_PASSWORD`, databaseSecrets.superuser(name));
    if (sentinels.length > 0) {
      environment[`${prefix}_SENTINELS`] = sentinels.join(',');
      environment[`${prefix}_SENTINEL_MASTER`] = name;
    }
    return;
  }
  const database = target.databases[0] ?? '';
  environment[`${prefix}_DATABASE`] = database;
  environment[`${prefix}_USERNAME`] = database;
  secrets.set(`${prefix}_PASSWORD`, databaseSecrets.owner(name, database));
}

/** The copy on the same server by its name, else the first server that runs it. */
function peerVariables(
  fleet: Fleet,
  place: Place,
  { used, prefix }: { readonly used: string; readonly prefix: string },
): Record<string, string> {
  const port = portOf(fleet.services.get(used));
  const servers = placedOn(fleet, used);
  const [first] = servers;
  if (port === undefined || first === undefined) return {};
  const host = servers.has(place.server) ? used : (fleet.hosts.get(first) ?? '');
  return { [`${prefix}_HOST`]: host, [`${prefix}_PORT`]: String(port) };
}
