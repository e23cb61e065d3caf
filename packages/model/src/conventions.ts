/** Names and places on a server that the renderer writes and the deployer, the guard and failover rely on. */

import type { DatabaseKind } from './databases.ts';

/** Port of the guard on every server. */
export const GUARD_PORT = 7420;

/** Docker network that the units of one server share. */
export const UNIT_NETWORK = 'flotilla';

/** Label with the unit's service name on each container of ours. */
export const SERVICE_LABEL = 'flotilla.service';
/** Label with the environment's name. */
export const ENVIRONMENT_LABEL = 'flotilla.environment';
/** Label with the unit's `runHash`. */
export const RUN_HASH_LABEL = 'flotilla.run-hash';
/** Label with the hash over the ciphertexts of the unit's secrets; set at deploy through the environment variable of the same meaning. */
export const SECRETS_HASH_LABEL = 'flotilla.secrets-hash';

/** Places on a server. Every path is absolute; `environment` and `service` are validated names. */
export const paths = {
  root: (environment: string) => `/var/lib/flotilla/${environment}`,
  releases: (environment: string, service: string) => `/var/lib/flotilla/${environment}/services/${service}/releases`,
  release: (environment: string, service: string, hash: string) =>
    `/var/lib/flotilla/${environment}/services/${service}/releases/${hash}`,
  /** Symbolic link to the release that is meant to run. */
  current: (environment: string, service: string) => `/var/lib/flotilla/${environment}/services/${service}/current`,
  /** Holds the hash of the release whose gate passed last. */
  applied: (environment: string, service: string) => `/var/lib/flotilla/${environment}/services/${service}/applied`,
  serviceRoot: (environment: string, service: string) => `/var/lib/flotilla/${environment}/services/${service}`,
  secretEnv: (environment: string, service: string) => `/var/lib/flotilla/${environment}/secrets/${service}.env`,
  secretFolder: (environment: string, service: string) => `/var/lib/flotilla/${environment}/secrets/${service}`,
  journal: (environment: string) => `/var/lib/flotilla/${environment}/journal.jsonl`,
  /** What the commands of the data tier did to a service; one JSON file each, named by its time. */
  records: (environment: string, service: string) => `/var/lib/flotilla/${environment}/records/${service}`,
  /** Kept data that were exported for people to read. */
  exports: (environment: string, service: string) => `/var/lib/flotilla/${environment}/exports/${service}`,
  lock: (environment: string) => `/var/lib/flotilla/${environment}/lock`,
  /** Guard records; one JSON file per service. Survives reboots. */
  terms: (environment: string) => `/var/lib/flotilla/${environment}/terms`,
  /** Data of a stateful service. */
  data: (environment: string, service: string) => `/var/lib/flotilla/${environment}/data/${service}`,
  /** Shared between guard and engine, on tmpfs: verdict, engine facts, engine socket. Gone after a reboot. */
  guardRun: (environment: string, service: string) => `/run/flotilla/${environment}/guard/${service}`,
  /** Folder of the guard's control socket (`control.sock`), reachable only by who has a shell on the server. */
  guardControl: (environment: string) => `/run/flotilla/${environment}/control`,
} as const;

/** Name of the guard's unit on every server. */
export const GUARD_UNIT = 'guard';

/** Gives the name of the local data endpoint's unit, which writes and reads by role. */
export function endpointUnit(service: string): string {
  return `${service}-endpoint`;
}

/** Gives the name of the connection pooler's unit, which stands before the endpoint. */
export function poolerUnit(service: string): string {
  return `${service}-pooler`;
}

/** Name of the unit that keeps Patroni's decisions, on every voter. */
export const ETCD_UNIT = 'etcd';

/** Gives the name of the Sentinel's unit of a Redis service. */
export function sentinelUnit(service: string): string {
  return `${service}-sentinel`;
}

/** Names of the secrets of a database. Owner secrets are one per database; Redis has the superuser's alone. */
export const databaseSecrets = {
  superuser: (service: string) => `${service}-superuser`,
  replication: (service: string) => `${service}-replication`,
  guard: (service: string) => `${service}-guard`,
  owner: (service: string, database: string) => `${service}-owner-${database.replaceAll('_', '-')}`,
} as const;

const ENDPOINT_PORTS = {
  postgres: { write: 5432, read: 5433 },
  mysql: { write: 3306, read: 3307 },
  mariadb: { write: 3306, read: 3307 },
  redis: { write: 6379, read: 6380 },
} as const satisfies Readonly<Record<DatabaseKind, { readonly write: number; readonly read: number }>>;

/** Gives the ports of a local data endpoint inside the container network: writes go to the primary, reads to the replicas. */
export function endpointPorts(kind: DatabaseKind): { readonly write: number; readonly read: number } {
  return ENDPOINT_PORTS[kind];
}
