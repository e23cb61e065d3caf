import { controlOf, databaseSecrets } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { draftSqlDatabase } from '../mysql/draft.ts';
import { mysqlSettings } from '../mysql/replication.ts';
import type { Dialect } from '../mysql/roles.ts';
import { draftGroupMember } from './mysql-group.ts';

const DIALECT: Dialect = {
  kind: 'mysql',
  client: 'mysql',
  socket: '/var/run/mysqld/mysqld.sock',
  closed: '@@GLOBAL.super_read_only + @@GLOBAL.offline_mode',
  unstoppable: '',
};

/** Gives the unit of one member of a MySQL service, under the guard or in a group of its own. */
export function draftMysql(fleet: Fleet, place: Place, service: ServiceOfKind<'mysql'>): UnitDraft {
  const draft = draftSqlDatabase(
    fleet,
    { place, service },
    {
      dialect: DIALECT,
      environment: {
        // Only the local socket knows root: members and clients have users of their own.
        MYSQL_ROOT_HOST: 'localhost',
        MYSQL_ROOT_PASSWORD_FILE: `${SECRETS_MOUNT}/${databaseSecrets.superuser(place.service)}`,
      },
      // An answer that refuses this user is an answer.
      healthCommand: ['mysqladmin', '--no-defaults', `--socket=${RUN_MOUNT}/mysqld.sock`, '--user=nobody', 'ping'],
      owned: (serverId) => mysqlSettings(service, place, serverId),
    },
  );
  return controlOf(service) === 'group-replication' ? draftGroupMember(fleet, place, { service, draft }) : draft;
}
