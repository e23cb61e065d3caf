import type { GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import { openGroupMember } from './group-replication.ts';
import { openMariadb } from './mariadb.ts';
import { openMysql } from './mysql.ts';
import { openPatroni } from './patroni.ts';
import type { EnginePlace } from './place.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';

/** Gives the engine of a service as the guard asks and moves it. It connects on use, and again after a failure. */
export function openEngine(service: GuardedService, place: EnginePlace): Engine {
  switch (service.kind) {
    case 'postgres':
      return service.control === 'patroni' ? openPatroni(service, place) : openPostgres(service, place);
    case 'mysql':
      return service.control === 'group-replication' ? openGroupMember(service, place) : openMysql(service, place);
    case 'mariadb':
      return openMariadb(service, place);
    case 'redis':
      return openRedis(service, place);
    default:
      throw new Error(`unreachable: ${String(service.kind satisfies never)}`);
  }
}
