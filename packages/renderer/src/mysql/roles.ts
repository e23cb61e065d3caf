import { accountStatements, databaseSecrets } from '@flotilla/model';
import type { SqlKind } from '@flotilla/model';

import { configPath } from '../draft.ts';
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

/** What differs between the two: their client, the socket it finds by default, and what closes them. */
export type Dialect = {
  readonly kind: SqlKind;
  readonly client: string;
  readonly socket: string;
  /** Expression that is 0 while clients may write, and another number otherwise. */
  readonly closed: string;
  /** Privileges of root that write on a closed server. Empty where a closed server refuses root as well. */
  readonly unstoppable: string;
};

/** Of MariaDB alone, while databases are made. */
const MAKER = 'flotilla_maker';

/** Which script, and for what. */
type Script = { readonly environment: string; readonly name: string; readonly databases: readonly string[] };

/**
 * Gives the script that the image runs once, when the first primary's data are made: the identity of these data, and the accounts of
 * members and guard with their passwords from the secret files. The last thing it does is what `rolesScript` does. Replicas get all of it
 * with their copy.
 */
export function initScript({ environment, name }: Omit<Script, 'databases'>, dialect: Dialect): string {
  const passwords = {
    guard: `$(literal ${databaseSecrets.guard(name)})`,
    replication: `$(literal ${databaseSecrets.replication(name)})`,
  };
  return joinLines([
    ...headLines({ environment, name }, [databaseSecrets.guard(name), databaseSecrets.replication(name)]),
    `socket=${dialect.socket}`,
    ...clientLines(name, dialect),
    'make root <<SQL',
    ...accountStatements(dialect.kind, passwords),
    'SQL',
    `sh ${configPath('roles.sh')}`,
  ]);
}

/**
 * Gives the script that makes each database and its owner where they are missing, and follows the owner's password. It runs when the first
 * primary's data are made, and again whenever the files may have changed. What is there costs no transaction, because each one is what a
 * primary that is lost right after holds alone; nothing is ever dropped. Ends with 75 where clients may not write.
 */
export function rolesScript({ environment, name, databases }: Script, dialect: Dialect): string {
  const owners = [...databases].sort();
  return joinLines([
    ...headLines(
      { environment, name },
      owners.map((database) => databaseSecrets.owner(name, database)),
    ),
    `socket=\${1:-${dialect.socket}}`,
    ...clientLines(name, dialect),
    `[ "$(echo 'SELECT ${dialect.closed};' | as root)" = 0 ] || exit 75`,
    ...FIND_LINES,
    'missing=$(',
    ...owners.map((database) => `  find ${database} ${databaseSecrets.owner(name, database)}`),
    ')',
    '[ -n "$missing" ] || exit 0',
    ...(dialect.unstoppable === '' ? ['maker=root'] : makerLines(name, dialect)),
    `printf '%s\\n' 'SET SESSION lock_wait_timeout = 10;' "$missing" | make "$maker"`,
  ]);
}

function headLines({ environment, name }: Omit<Script, 'databases'>, secrets: readonly string[]): readonly string[] {
  return [
    '#!/bin/sh',
    headerLine(environment, name),
    'set -eu',
    `for secret in ${[...secrets, databaseSecrets.superuser(name)].sort().join(' ')}; do`,
    `  [ -s "${SECRETS_MOUNT}/$secret" ] || { echo "${SECRETS_MOUNT}/$secret is missing or empty" >&2; exit 1; }`,
    'done',
  ];
}

function clientLines(name: string, { client }: Dialect): readonly string[] {
  return [
    '# Passwords reach the client through files and pipes, so that no process list shows them.',
    `literal() { printf "'%s'" "$(sed "s/\\\\\\\\/\\\\\\\\\\\\\\\\/g; s/'/''/g" "${SECRETS_MOUNT}/$1")"; }`,
    'as() { # account, its secret',
    `  printf '[client]\\nuser=%s\\npassword="%s"\\n' "$1" "$(sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g' "${SECRETS_MOUNT}/\${2:-${databaseSecrets.superuser(name)}}")" > "$options"`,
    `  ${client} --defaults-extra-file="$options" --socket="$socket" --skip-column-names --batch`,
    '}',
    '# Statements that print nothing. One that fails is repeated by the client, and a password is part of it.',
    'make() {',
    '  refusal=$(as "$1" 2>&1) || { printf \'%s\\n\' "$refusal" | grep \'^ERROR\' >&2; exit 1; }',
    '}',
    'options=$(mktemp)',
    'trap \'rm -f "$options"\' EXIT',
  ];
}

/**
 * In a grant an underscore stands for any character. Only a refused password is another one: an account that somebody locked stays so.
 */
const FIND_LINES = [
  'find() { # database, secret of its owner: prints the statements that make what is missing',
  '  case $1 in mysql | sys | information_schema | performance_schema | flotilla) echo "$1 belongs to the server itself" >&2; exit 1 ;; esac',
  '  set -- "$1" "$2" $(as root <<SQL',
  "SELECT (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '$1'),",
  "  (SELECT COUNT(*) FROM mysql.user WHERE user = '$1' AND host = '%'),",
  "  (SELECT COUNT(*) FROM mysql.db WHERE user = '$1' AND host = '%' AND REPLACE(db, CHAR(92), '') = '$1');",
  'SQL',
  '  )',
  '  [ "$#" = 5 ] || exit 1',
  '  if [ "$3" = 0 ]; then echo "CREATE DATABASE \\`$1\\`;"; fi',
  '  if [ "$4" = 0 ]; then printf "CREATE USER \'%s\'@\'%%\' IDENTIFIED BY %s;\\n" "$1" "$(literal "$2")"',
  '  elif ! refusal=$(echo \'DO 0;\' | as "$1" "$2" 2>&1); then',
  '    case $refusal in',
  '      *\'ERROR 1045 \'*) printf "ALTER USER \'%s\'@\'%%\' IDENTIFIED BY %s;\\n" "$1" "$(literal "$2")" ;;',
  '      *) echo "$refusal" >&2 ;;',
  '    esac',
  '  fi',
  '  if [ "$5" = 0 ]; then',
  '    printf "GRANT ALL ON \\`%s\\`.* TO \'%s\'@\'%%\';\\n" "$(echo "$1" | sed \'s/_/\\\\_/g\')" "$1"',
  '  fi',
  '}',
];

/** An account that is stopped like every client, outside of the binary log: it belongs to this server, for a moment. */
function makerLines(name: string, { unstoppable }: Dialect): readonly string[] {
  const account = `${MAKER}@localhost`;
  return [
    '# A closed server would let root write, and nobody else would ever have that.',
    `maker=${MAKER}`,
    `trap 'echo "SET SESSION sql_log_bin = 0; DROP USER IF EXISTS ${account};" | as root; rm -f "$options"' EXIT`,
    'make root <<SQL',
    'SET SESSION sql_log_bin = 0;',
    `CREATE OR REPLACE USER ${account} IDENTIFIED BY $(literal ${databaseSecrets.superuser(name)});`,
    `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;`,
    `REVOKE ${unstoppable} ON *.* FROM ${account};`,
    'SQL',
  ];
}
