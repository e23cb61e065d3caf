import type { GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import { close, follow, open, promote } from './mysql-orders.ts';
import { factsOf, readState } from './mysql-state.ts';
import type { MysqlState } from './mysql-state.ts';
import type { EnginePlace } from './place.ts';
import { openSqlEngine, startOfPidFile } from './sql-engine.ts';
import type { SqlDialect } from './sql-engine.ts';

const MYSQL: SqlDialect<MysqlState> = {
  readState,
  factsOf,
  startOf: ({ pidFile }) => startOfPidFile(pidFile),
  isWritable: ({ sourceHost, isReadOnly }) => sourceHost === null && !isReadOnly,
  close,
  open,
  follow,
  promote,
};

/** Gives the MySQL of one server under the guard. */
export function openMysql(service: GuardedService, place: EnginePlace): Engine {
  return openSqlEngine(service, place, MYSQL);
}
