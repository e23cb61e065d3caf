import { databaseSecrets } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { SECRETS_MOUNT } from '../guarded.ts';
import { headerLine, joinLines } from '../text.ts';

/** Role that members stream with. */
export const REPLICATION_ROLE = 'flotilla_replication';
/** Role of the guard on the local socket. */
export const GUARD_ROLE = 'flotilla_guard';

/** Gives the secret files that a database container needs; sorted. */
export function postgresSecretFiles(name: string, databases: readonly string[]): readonly string[] {
  return [
    databaseSecrets.guard(name),
    ...databases.map((database) => databaseSecrets.owner(name, database)),
    databaseSecrets.replication(name),
    databaseSecrets.superuser(name),
  ].sort();
}

/**
 * Gives the script that the image runs once, when the first primary's disk is initialised: roles with their passwords from
 * the secret files, and one database per owner.
 */
export function initScript(
  environment: string,
  name: string,
  { databases }: Pick<ServiceOfKind<'postgres'>, 'databases'>,
): string {
  const owners = [...databases].sort();
  return joinLines([
    '#!/bin/sh',
    headerLine(environment, name),
    'set -eu',
    `for secret in ${postgresSecretFiles(name, databases).join(' ')}; do`,
    `  [ -s "${SECRETS_MOUNT}/$secret" ] || { echo "${SECRETS_MOUNT}/$secret is missing or empty" >&2; exit 1; }`,
    'done',
    'psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<\'SQL\'',
    ...passwordLines('replication_password', databaseSecrets.replication(name)),
    `CREATE ROLE ${REPLICATION_ROLE} LOGIN REPLICATION PASSWORD :'replication_password';`,
    ...passwordLines('guard_password', databaseSecrets.guard(name)),
    `CREATE ROLE ${GUARD_ROLE} LOGIN REPLICATION PASSWORD :'guard_password';`,
    `GRANT pg_monitor TO ${GUARD_ROLE};`,
    ...GUARD_FUNCTIONS.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${GUARD_ROLE};`),
    ...owners.flatMap((database) => [
      ...passwordLines('owner_password', databaseSecrets.owner(name, database)),
      `CREATE ROLE "${database}" LOGIN PASSWORD :'owner_password';`,
      `CREATE DATABASE "${database}" OWNER "${database}";`,
    ]),
    'SQL',
  ]);
}

const GUARD_FUNCTIONS = ['pg_catalog.pg_promote(boolean, integer)', 'pg_catalog.pg_switch_wal()'];

/** A password reaches psql through a file, so that no process list shows it. */
function passwordLines(variable: string, secret: string): readonly string[] {
  return [`\\set ${variable} \`cat ${SECRETS_MOUNT}/${secret}\``];
}
