import { openMysql } from './engines/mysql.ts';
import { openPostgres } from './engines/postgres.ts';
import { openRedis } from './engines/redis.ts';
import type { Session } from './session.ts';
import type { OracleTarget, Patience } from './target.ts';

/** Opens a session with the engine at `target`. Throws what its driver throws; nothing is left open then. */
export function openSession(target: OracleTarget, patience: Patience): Promise<Session> {
  switch (target.kind) {
    case 'postgres':
      return openPostgres(target, patience);
    case 'mysql':
    case 'mariadb':
      return openMysql(target, patience);
    case 'redis':
      return openRedis(target, patience);
    default:
      throw new Error(`unreachable: ${String(target satisfies never)}`);
  }
}
