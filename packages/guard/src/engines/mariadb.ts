import type { GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import { close, follow, open, promote } from './mariadb-orders.ts';
import { factsOf, readState } from './mariadb-state.ts';
import type { MariadbState } from './mariadb-state.ts';
import type { EnginePlace } from './place.ts';
import { openSqlEngine, startOfPidFile } from './sql-engine.ts';
import type { SqlDialect } from './sql-engine.ts';

const MARIADB: SqlDialect<MariadbState> = {
  readState,
  factsOf,
  startOf: ({ pidFile }) => startOfPidFile(pidFile),
  isWritable: ({ replica, isReadOnly }) => replica === undefined && !isReadOnly,
  close,
  open,
  follow,
  promote,
};

/** Gives the MariaDB of one server under the guard. */
export function openMariadb(service: GuardedService, place: EnginePlace): Engine {
  return openSqlEngine(service, place, MARIADB);
}
