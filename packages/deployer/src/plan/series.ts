import { DATABASE_KINDS } from '@flotilla/model';
import type { DatabaseKind, ServiceUnit } from '@flotilla/model';

/**
 * Gives the series of versions that share a data directory in both directions, as its engine counts them: `17`, `8.4`, `11.8`, `8`.
 * `undefined` for what is no database and for an image whose tag does not tell.
 */
export function seriesOf({ kind, image }: Pick<ServiceUnit, 'kind' | 'image'>): string | undefined {
  const database = DATABASE_KINDS.find((one) => one === kind);
  if (database === undefined) return undefined;
  const tag = /:v?(\d+)(?:\.(\d+))?[^/]*$/.exec(image.split('@')[0] ?? '');
  if (tag === null) return undefined;
  const [, major = '', minor] = tag;
  if (PARTS[database] === 1) return major;
  return minor === undefined ? undefined : `${major}.${minor}`;
}

/** Gives how data come from one series to another, as a sentence that can be followed. */
export function upgradePath(kind: ServiceUnit['kind'], to: string): string {
  const database = DATABASE_KINDS.find((one) => one === kind);
  return `add a service of version ${to} beside it, ${database === undefined ? 'copy the data' : COPY[database]}, then move its clients`;
}

/** How many numbers of a version name its series. */
const PARTS: Readonly<Record<DatabaseKind, 1 | 2>> = { postgres: 1, mysql: 2, mariadb: 2, redis: 1 };

const COPY: Readonly<Record<DatabaseKind, string>> = {
  postgres: 'copy the data by pg_dump and pg_restore of the new version or by logical replication',
  mysql:
    'copy the data by mysqldump --single-transaction --routines --events --triggers --set-gtid-purged=OFF, one LTS series at a time ' +
    '(from 8.0 by way of 8.4)',
  mariadb: 'copy the data by mariadb-dump --single-transaction --routines --events --triggers',
  redis: 'stop its writers, copy the data by redis-cli --rdb into the empty data folder of the new one',
};
