import { databaseSecrets } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { draftSqlDatabase } from '../mysql/draft.ts';
import { mariadbSettings } from '../mysql/replication.ts';
import type { Dialect } from '../mysql/roles.ts';

const DIALECT: Dialect = {
  kind: 'mariadb',
  client: 'mariadb',
  socket: '/run/mysqld/mysqld.sock',
  closed: '@@GLOBAL.read_only + LENGTH(@@GLOBAL.init_connect)',
  unstoppable: 'SUPER, READ_ONLY ADMIN, CONNECTION ADMIN',
};

/** Gives the unit of one member of a MariaDB service. */
export function draftMariadb(fleet: Fleet, place: Place, service: ServiceOfKind<'mariadb'>): UnitDraft {
  return draftSqlDatabase(
    fleet,
    { place, service },
    {
      dialect: DIALECT,
      environment: {
        // Only the local socket knows root: members and clients have users of their own.
        MARIADB_ROOT_HOST: 'localhost',
        MARIADB_ROOT_PASSWORD_FILE: `${SECRETS_MOUNT}/${databaseSecrets.superuser(place.service)}`,
      },
      // An answer that refuses this user is an answer.
      healthCommand: ['mariadb-admin', '--no-defaults', `--socket=${RUN_MOUNT}/mysqld.sock`, '--user=nobody', 'ping'],
      owned: (serverId) => mariadbSettings(service, place, serverId),
    },
  );
}
