import { databaseSecrets } from '@flotilla/model';
import type { DatabaseKind } from '@flotilla/model';
import { readSecrets } from '@flotilla/sandbox';
import type { OracleTarget, Sandbox } from '@flotilla/sandbox';

/** A database of a fleet, and where its clients stand. */
export type DataAccess = {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** Empty where the kind knows no databases. */
  readonly database: string;
  /** Writes go through this server's data endpoint. */
  readonly client: string;
  /** Clients that still know an old primary's address stand on this one. */
  readonly oldClient: string;
};

/** The guarded service of waybill, and its database. */
export const WAYBILL: DataAccess = {
  service: 'database',
  kind: 'postgres',
  database: 'warehousedb',
  client: 'app1',
  oldClient: 'app2',
};

/** Port of each kind of engine, on its server and where the data endpoint takes writes. */
export const ENGINE_PORTS = { postgres: 5432, mysql: 3306, mariadb: 3306, redis: 6379 } as const satisfies Readonly<
  Record<DatabaseKind, number>
>;

/** Gives the target of the oracle at an end of a tunnel, as the owner of the database. */
export async function targetAt(
  { secretsFile }: Sandbox,
  { service, kind, database }: DataAccess,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<OracleTarget> {
  const secrets = await readSecrets(secretsFile);
  if (kind === 'redis') return { kind, host, port, password: secrets.get(databaseSecrets.superuser(service)) ?? '' };
  const password = secrets.get(databaseSecrets.owner(service, database)) ?? '';
  return { kind, host, port, database, user: database, password };
}
