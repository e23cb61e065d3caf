import { databaseSecrets } from '@flotilla/model';

import { SECRETS_MOUNT } from '../guarded.ts';
import { headerLine, joinLines } from '../text.ts';

/** Gives the secret files that a database container needs; sorted. */
export function mysqlSecretFiles(name: string, databases: readonly string[]): readonly string[] {
  return [
    databaseSecrets.guard(name),
    ...databases.map((database) => databaseSecrets.owner(name, database)),
    databaseSecrets.replication(name),
    databaseSecrets.superuser(name),
  ].sort();
}

/** What differs between the two: their client, the socket it finds by default, and the names of privileges. */
export type Dialect = {
  readonly client: string;
  readonly socket: string;
  /** Privileges of the account that members stream and copy with. */
  readonly replication: string;
  /** Privileges of the guard on everything; it moves replication, opens and closes, and reads no data but the identity. */
  readonly guard: string;
  /** Further statements about the guard. */
  readonly more: readonly string[];
};

/** Account of the guard, on the local socket alone. */
export const GUARD_ACCOUNT = "'flotilla_guard'@'localhost'";
const REPLICATION = "'flotilla_replication'@'%'";

/** Which script, and for what. */
type Script = { readonly environment: string; readonly name: string; readonly databases: readonly string[] };

/**
 * Gives the script that the image runs once, when the first primary's data are made: the identity of these data, roles with their
 * passwords from the secret files, and one database per owner. Replicas get all of it with their copy.
 */
export function initScript({ environment, name, databases }: Script, dialect: Dialect): string {
  const { client, socket, replication, guard, more } = dialect;
  const owners = [...databases].sort();
  return joinLines([
    '#!/bin/sh',
    headerLine(environment, name),
    'set -eu',
    `for secret in ${mysqlSecretFiles(name, owners).join(' ')}; do`,
    `  [ -s "${SECRETS_MOUNT}/$secret" ] || { echo "${SECRETS_MOUNT}/$secret is missing or empty" >&2; exit 1; }`,
    'done',
    '# Passwords reach the client through files and pipes, so that no process list shows them.',
    `literal() { printf "'%s'" "$(sed "s/\\\\\\\\/\\\\\\\\\\\\\\\\/g; s/'/''/g" "${SECRETS_MOUNT}/$1")"; }`,
    'options=$(mktemp)',
    'trap \'rm -f "$options"\' EXIT',
    `printf '[client]\\nuser=root\\npassword="%s"\\n' "$(sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g' "${SECRETS_MOUNT}/${databaseSecrets.superuser(name)}")" > "$options"`,
    `${client} --defaults-extra-file="$options" --socket=${socket} <<SQL`,
    'CREATE DATABASE flotilla;',
    'CREATE TABLE flotilla.identity (id CHAR(36) NOT NULL PRIMARY KEY);',
    'INSERT INTO flotilla.identity VALUES (UUID());',
    `CREATE USER ${REPLICATION} IDENTIFIED BY $(literal ${databaseSecrets.replication(name)});`,
    `GRANT ${replication} ON *.* TO ${REPLICATION};`,
    `CREATE USER ${GUARD_ACCOUNT} IDENTIFIED BY $(literal ${databaseSecrets.guard(name)});`,
    `GRANT ${guard} ON *.* TO ${GUARD_ACCOUNT};`,
    ...more,
    `GRANT SELECT ON flotilla.identity TO ${GUARD_ACCOUNT};`,
    ...owners.flatMap((database) => [
      `CREATE DATABASE \\\`${database}\\\`;`,
      `CREATE USER '${database}'@'%' IDENTIFIED BY $(literal ${databaseSecrets.owner(name, database)});`,
      // In a grant an underscore stands for any character.
      `GRANT ALL ON \\\`${database.replaceAll('_', '\\\\_')}\\\`.* TO '${database}'@'%';`,
    ]),
    'SQL',
  ]);
}
