import type { Service, ServiceKind, ServiceOfKind } from './schema.ts';

/** Kinds of service that hold data and have a primary, in the order of the reference. */
export const DATABASE_KINDS = ['postgres', 'mysql', 'mariadb', 'redis'] as const satisfies readonly ServiceKind[];

export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** A service with a primary. */
export type DatabaseService = ServiceOfKind<DatabaseKind>;

/** Who decides which member of a database is primary. */
export type Control = 'guard' | 'patroni' | 'group-replication' | 'sentinel';

/** Tells a service with a primary from one without. */
export function isDatabase(service: Service | undefined): service is DatabaseService {
  return service !== undefined && DATABASE_KINDS.some((kind) => kind === service.kind);
}

/** Gives who decides about the primary: a person with the guards, or the kind's own engine of consensus. */
export function controlOf(service: DatabaseService): Control {
  if (service.failover === 'manual') return 'guard';
  switch (service.kind) {
    case 'postgres':
      return 'patroni';
    case 'mysql':
      return 'group-replication';
    case 'redis':
      return 'sentinel';
    default:
      throw new Error(`unreachable: ${String(service satisfies never)}`);
  }
}

/** Gives the servers that vote about the primary of an automatic service: as written, else its members. */
export function votersOf(service: DatabaseService): readonly string[] {
  const written = 'voters' in service ? service.voters : [];
  return written.length > 0 ? written : serversOf(service);
}

/** Gives how many replicas of a Redis must be connected for a write: as written; with one alone, its loss would stop every write. */
export function replicasToWrite(service: ServiceOfKind<'redis'>): number {
  if (service.minReplicasToWrite !== undefined) return service.minReplicasToWrite;
  return controlOf(service) === 'sentinel' && new Set(service.replicas).size > 1 ? 1 : 0;
}

/** How the data of each kind come into another service, in words that can be followed. */
export const COPY_DATA: Readonly<Record<DatabaseKind, string>> = {
  postgres: 'copy the data by pg_dump and pg_restore (those of the newer version) or by logical replication',
  mysql: 'copy the data by mysqldump --single-transaction --routines --events --triggers --set-gtid-purged=OFF',
  mariadb: 'copy the data by mariadb-dump --single-transaction --routines --events --triggers',
  redis: 'stop its writers, copy the data by redis-cli --rdb into the empty data folder of the new one',
};

/** What each authority is called in a sentence, as the file spells it and who it is. */
export const CONTROL_WORDS: Readonly<Record<Control, string>> = {
  guard: 'failover: manual (guards)',
  patroni: 'failover: automatic (Patroni)',
  'group-replication': 'failover: automatic (Group Replication)',
  sentinel: 'failover: automatic (Sentinel)',
};

/** What `rto` is where the environment does not say, by who decides; milliseconds. The timers of each engine follow from it. */
export const DEFAULT_RTO_MS: Readonly<Record<Exclude<Control, 'guard'>, number>> = {
  patroni: 30_000,
  'group-replication': 15_000,
  sentinel: 7_000,
};

/** The share of Redis' memory limit that keys may take where `tuning` does not say: the rest is for copies and for what replicas wait for. */
export const REDIS_KEYS_SHARE = 0.6;

/** Gives the servers that hold a service: as written in `on`, or the preferred primary and then its replicas. */
export function serversOf(service: Service): readonly string[] {
  return 'primary' in service ? [service.primary, ...service.replicas] : service.on;
}
