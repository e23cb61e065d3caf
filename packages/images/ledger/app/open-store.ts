import type { DatabaseConfig } from './config.ts';
import { openMysql } from './mysql.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';

import type { Store } from './store.ts';

/** Opens the ledger. Nothing connects before the first call. */
export function openStore(config: DatabaseConfig): Store {
  switch (config.kind) {
    case 'postgres':
      return openPostgres(config);
    case 'mysql':
    case 'mariadb':
      return openMysql(config);
    case 'redis':
    case 'sentinel':
      return openRedis(config);
    default:
      return config satisfies never;
  }
}
