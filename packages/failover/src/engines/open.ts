import type { GuardedTarget } from '../observe.ts';
import type { ConsensusDriver, EngineDriver } from './driver.ts';
import { groupReplicationDriver } from './group-replication.ts';
import { mariadbDriver } from './mariadb.ts';
import { mysqlDriver } from './mysql.ts';
import { patroniDriver } from './patroni.ts';
import { postgresDriver } from './postgres.ts';
import { redisDriver } from './redis.ts';
import { sentinelDriver } from './sentinel.ts';

/** Gives what is asked of the engine of a service. */
export function driverOf({ kind }: Pick<GuardedTarget, 'kind'>): EngineDriver {
  switch (kind) {
    case 'postgres':
      return postgresDriver;
    case 'mysql':
      return mysqlDriver;
    case 'mariadb':
      return mariadbDriver;
    case 'redis':
      return redisDriver;
    default:
      throw new Error(`unreachable: ${String(kind satisfies never)}`);
  }
}

/** Gives what is asked of the engine of consensus of a service; `undefined` where a person decides with the guards. */
export function consensusOf({ control }: Pick<GuardedTarget, 'control'>): ConsensusDriver | undefined {
  switch (control) {
    case 'guard':
      return undefined;
    case 'patroni':
      return patroniDriver;
    case 'group-replication':
      return groupReplicationDriver;
    case 'sentinel':
      return sentinelDriver;
    default:
      throw new Error(`unreachable: ${String(control satisfies never)}`);
  }
}
