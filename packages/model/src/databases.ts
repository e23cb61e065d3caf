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
  if (!('failover' in service) || service.failover === 'manual') return 'guard';
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

/** Gives the servers that hold a service: as written in `on`, or the preferred primary and then its replicas. */
export function serversOf(service: Service): readonly string[] {
  return 'primary' in service ? [service.primary, ...service.replicas] : service.on;
}
