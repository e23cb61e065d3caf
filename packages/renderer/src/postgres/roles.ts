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
 * Gives the script that makes the roles with their passwords from the secret files, and one database per owner. It runs
 * when the first primary's disk is initialised, and again whenever it may have changed: what is there is brought up to date, and nothing
 * is ever dropped.
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
    '# No password in any log, and no commit that waits for a standby: whoever is primary next does the same.',
    `PGOPTIONS='${SESSION_OPTIONS.map((option) => `-c ${option}`).join(' ')}'`,
    'export PGOPTIONS',
    'psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<\'SQL\'',
    ...passwordLines('superuser_password', databaseSecrets.superuser(name)),
    "ALTER ROLE CURRENT_USER PASSWORD :'superuser_password';",
    ...roleLines(REPLICATION_ROLE, 'LOGIN REPLICATION', databaseSecrets.replication(name)),
    ...roleLines(GUARD_ROLE, 'LOGIN REPLICATION', databaseSecrets.guard(name)),
    `GRANT pg_monitor TO ${GUARD_ROLE};`,
    ...GUARD_FUNCTIONS.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${GUARD_ROLE};`),
    ...owners.flatMap((database) => [
      ...roleLines(`"${database}"`, 'LOGIN', databaseSecrets.owner(name, database)),
      `SELECT 'CREATE DATABASE "${database}" OWNER "${database}"'`,
      `  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    ]),
    'SQL',
  ]);
}

const SESSION_OPTIONS = [
  'synchronous_commit=local',
  'client_min_messages=warning',
  'log_statement=none',
  'log_min_duration_statement=-1',
  'log_min_error_statement=panic',
];

const GUARD_FUNCTIONS = [
  'pg_catalog.pg_promote(boolean, integer)',
  'pg_catalog.pg_reload_conf()',
  'pg_catalog.pg_switch_wal()',
];

function roleLines(role: string, attributes: string, secret: string): readonly string[] {
  return [
    ...passwordLines('password', secret),
    `SELECT 'CREATE ROLE ${role}'`,
    `  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role.replaceAll('"', '')}') \\gexec`,
    `ALTER ROLE ${role} ${attributes} PASSWORD :'password';`,
  ];
}

/** A password reaches psql through a file, so that no process list shows it. */
function passwordLines(variable: string, secret: string): readonly string[] {
  return [`\\set ${variable} \`cat ${SECRETS_MOUNT}/${secret}\``];
}
