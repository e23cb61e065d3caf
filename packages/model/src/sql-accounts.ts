/** Engines that speak MySQL's dialect of SQL. */
export type SqlKind = 'mysql' | 'mariadb';

/** Account of the guard, on the local socket alone. */
export const GUARD_ACCOUNT = "'flotilla_guard'@'localhost'";
/** Account that members stream and copy with. */
const REPLICATION_ACCOUNT = "'flotilla_replication'@'%'";

/**
 * Privileges on everything, by engine. A member streams from a primary that has closed to clients, hence the privilege of connections, and
 * copies an open one. The guard moves replication, opens and closes, and reads no data but the identity.
 */
const PRIVILEGES = {
  mysql: {
    replication: 'REPLICATION SLAVE, BACKUP_ADMIN, CONNECTION_ADMIN',
    guard:
      'RELOAD, REPLICATION CLIENT, REPLICATION SLAVE, REPLICATION_SLAVE_ADMIN, SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN',
    more: [`GRANT SELECT ON performance_schema.* TO ${GUARD_ACCOUNT};`],
  },
  mariadb: {
    replication: 'REPLICATION SLAVE, CONNECTION ADMIN, BINLOG MONITOR, SELECT, RELOAD, SHOW VIEW, EVENT, TRIGGER',
    guard:
      'SUPER, RELOAD, PROCESS, CONNECTION ADMIN, READ_ONLY ADMIN, BINLOG ADMIN, BINLOG MONITOR, REPLICATION SLAVE, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, REPLICA MONITOR',
    more: [],
  },
} as const satisfies Readonly<
  Record<SqlKind, { readonly replication: string; readonly guard: string; readonly more: readonly string[] }>
>;

/** The two passwords as literals of SQL, or as what a shell replaces by one. */
export type SqlPasswords = { readonly guard: string; readonly replication: string };

/** Gives the statements that name the data of a service and make the accounts of members and guard, where none of them is there yet. */
export function accountStatements(kind: SqlKind, { guard, replication }: SqlPasswords): readonly string[] {
  const privileges = PRIVILEGES[kind];
  return [
    'CREATE DATABASE flotilla;',
    'CREATE TABLE flotilla.identity (id CHAR(36) NOT NULL PRIMARY KEY);',
    'INSERT INTO flotilla.identity VALUES (UUID());',
    `CREATE USER ${REPLICATION_ACCOUNT} IDENTIFIED BY ${replication};`,
    `GRANT ${privileges.replication} ON *.* TO ${REPLICATION_ACCOUNT};`,
    `CREATE USER ${GUARD_ACCOUNT} IDENTIFIED BY ${guard};`,
    `GRANT ${privileges.guard} ON *.* TO ${GUARD_ACCOUNT};`,
    ...privileges.more,
    `GRANT SELECT ON flotilla.identity TO ${GUARD_ACCOUNT};`,
  ];
}
