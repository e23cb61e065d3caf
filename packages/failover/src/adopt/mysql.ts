import { accountStatements } from '@flotilla/model';
import type { SqlKind } from '@flotilla/model';

import { judgeMysql } from '../policy/adoption/mysql.ts';
import { inspectScript, moveScript, takeFolder } from './driver.ts';
import type { AdoptionDriver } from './driver.ts';

const FOLDER = 'data';

/** The password reaches the client by a file in the container that no process list shows. */
const OPTION_FILE = `options=$(mktemp) && trap 'rm -f "$options"' EXIT || exit 1
client=$(command -v mariadb || command -v mysql) || exit 1`;

const ASK_IN_CONTAINER = `${OPTION_FILE}
cat >"$options" && "$client" --defaults-extra-file="$options" -Nse "$1"`;

/** Three lines of options, then the statements. */
const MAKE_IN_CONTAINER = `${OPTION_FILE}
for _ in 1 2 3; do IFS= read -r line && printf '%s\\n' "$line"; done >"$options"
"$client" --defaults-extra-file="$options"`;

/** Settings that stand in every image's own files, or that the service has of its own. */
const NOT_TOLD = [
  'basedir',
  'datadir',
  'host_cache_size',
  'log_error',
  'pid_file',
  'port',
  'secure_file_priv',
  'server_id',
  'skip_name_resolve',
  'socket',
  'user',
];

const QUERIES: Readonly<Record<SqlKind, Readonly<Record<string, string>>>> = {
  mysql: {
    gtid: 'SELECT @@gtid_mode',
    configured: `SELECT LOWER(VARIABLE_NAME) FROM performance_schema.variables_info
      WHERE VARIABLE_SOURCE NOT IN ('COMPILED', 'DYNAMIC', 'PERSISTED') AND VARIABLE_NAME NOT IN (${quoted(NOT_TOLD)}) ORDER BY 1`,
    persisted: 'SELECT VARIABLE_NAME FROM performance_schema.persisted_variables ORDER BY 1',
    encrypted: "SELECT 'yes' FROM information_schema.INNODB_TABLESPACES WHERE ENCRYPTION = 'Y' LIMIT 1",
    upstream: "SELECT 'yes' FROM performance_schema.replication_connection_configuration LIMIT 1",
  },
  mariadb: {
    configured: `SELECT LOWER(VARIABLE_NAME) FROM information_schema.SYSTEM_VARIABLES
      WHERE GLOBAL_VALUE_ORIGIN IN ('CONFIG', 'COMMAND-LINE') AND LOWER(VARIABLE_NAME) NOT IN (${quoted(NOT_TOLD)}) ORDER BY 1`,
    encrypted: "SELECT 'yes' FROM information_schema.INNODB_TABLESPACES_ENCRYPTION WHERE ENCRYPTION_SCHEME > 0 LIMIT 1",
    upstream: 'SHOW ALL SLAVES STATUS',
  },
};

const FOREIGN = `SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '(', ENGINE, ')') FROM information_schema.TABLES
  WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
  ORDER BY 1 LIMIT 5`;

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

function askScript(kind: SqlKind): string {
  const queries = Object.entries(QUERIES[kind]).map(([key, query]) => `echo "${key} $(ask "${query}" | joined)"`);
  return `
ask() {
  printf '[client]\\nuser=root\\npassword="%s"\\n' "$(printf %s "$password" | sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g')" |
    docker exec -i "$container" sh -c '${ASK_IN_CONTAINER.replaceAll("'", `'"'"'`)}' ask "$1" 2>/dev/null
}
inside=$(ask 'SELECT @@datadir')
inside=\${inside%/}
: "\${inside:=/var/lib/mysql}"
echo "version $(ask 'SELECT VERSION()')"
for name in lower_case_table_names innodb_page_size innodb_data_file_path; do echo "$name $(ask "SELECT @@$name")"; done
echo "foreign $(ask "${FOREIGN}" | joined)"
echo "reserved $(ask "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'flotilla' AND TABLE_NAME <> 'identity' LIMIT 1")"
echo "plugins $(ask "SELECT name FROM mysql.plugin WHERE name NOT IN ('clone') AND name NOT LIKE 'rpl_semi_sync%' ORDER BY 1" | joined)"
echo "downstream $(ask '${kind === 'mysql' ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS'}' | wc -l | sed 's/^ *0$//')"
${queries.join('\n')}
for name in innodb_data_home_dir innodb_log_group_home_dir innodb_undo_directory; do
  case $(ask "SELECT @@$name") in '' | NULL | . | ./ | "$inside" | "$inside/") ;; *) away="\${away:-} $name" ;; esac
done
away="\${away:-} $(docker exec "$container" find "$inside" -name '*.isl' -o -type l ! -name '*.sock' 2>/dev/null | head -n 5 | joined)"
echo "elsewhere $away"
echo "next $(declared_says '${kind === 'mysql' ? 'mysqld' : 'mariadbd'} --version')"
`;
}

const END = `
stop() { docker stop -t 300 "$container" >/dev/null; }
doubt() {
  ended=$(docker inspect -f '{{.State.ExitCode}}' "$container")
  [ "$ended" = 0 ] || echo "it ended with $ended"
}
`;

/** Takes a server of the MySQL family over. */
export function mysqlAdoption(kind: SqlKind): AdoptionDriver {
  return {
    folder: FOLDER,
    inspect: inspectScript(FOLDER, askScript(kind)),
    judge: (found, around) => judgeMysql(kind, found, around),
    accounts: (_found, { passwords: { superuser, guard, replication } }) => ({
      argv: ['sh', '-c', MAKE_IN_CONTAINER],
      stdin: [
        '[client]',
        'user=root',
        `password="${superuser.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
        'DROP DATABASE IF EXISTS flotilla;',
        "DROP USER IF EXISTS 'flotilla_guard'@'localhost', 'flotilla_replication'@'%';",
        ...accountStatements(kind, { guard: literal(guard), replication: literal(replication) }),
        '',
      ].join('\n'),
    }),
    move: moveScript({ end: END, take: takeFolder(FOLDER, 'mysql') }),
    back: (folder, { source }) => [`mv ${folder} ${source}`],
  };
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
