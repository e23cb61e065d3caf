import { judgePostgres } from '../policy/adoption/postgres.ts';
import { inspectScript, moveScript, takeFolder } from './driver.ts';
import type { AccountsGiven, AdoptionDriver } from './driver.ts';

const FOLDER = 'pgdata';
const PGDATA = '/var/lib/postgresql/data';

/** The superuser gets in over the local socket, as on the official image. */
const ASK = `
variable() { of '{{range .Config.Env}}{{println .}}{{end}}' | sed -n "s/^$1=//p" | tail -n 1; }
inside=$(variable PGDATA) user=$(variable POSTGRES_USER)
: "\${inside:=${PGDATA}}" "\${user:=postgres}"
ask() { docker exec "$container" psql -U "$user" -d postgres -XAtc "$1" 2>/dev/null; }
extensions() {
  ask 'SELECT datname FROM pg_database WHERE datallowconn' |
    while IFS= read -r name; do docker exec "$container" psql -U "$user" -d "$name" -XAtc 'SELECT extname FROM pg_extension' 2>/dev/null; done | sort -u
}
echo "user $user"
echo "version $(ask 'SHOW server_version_num')"
echo "build $(ask 'SELECT version()')"
echo "standby $(ask 'SELECT pg_is_in_recovery()')"
echo "checksums $(ask 'SHOW data_checksums')"
echo "encodings $(ask 'SELECT DISTINCT pg_encoding_to_char(encoding) FROM pg_database WHERE datallowconn' | joined)"
echo "tablespaces $(ask "SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')")"
echo "preloaded $(ask 'SHOW shared_preload_libraries')"
echo "altered $(ask "SELECT DISTINCT name FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf' AND name <> 'primary_conninfo' ORDER BY name" | joined)"
echo "md5 $(ask "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%' AND rolcanlogin ORDER BY 1" | joined)"
echo "superowned $(ask "SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolsuper AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1" | joined)"
echo "extensions $(extensions | joined)"
echo "offered $(declared_says 'ls /usr/share/postgresql/*/extension /usr/local/share/postgresql/extension 2>/dev/null' | sed -n 's/\\.control$//p' | joined)"
echo "next $(declared_says 'v=$(postgres --version); [ ! -e /etc/alpine-release ] || v="$v musl"; echo "$v"')"
`;

const END = `
stop() { docker stop -t 120 "$container" >/dev/null; }
doubt() {
  image=$(docker inspect -f '{{.Image}}' "$container")
  pgdata=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' "$container" | sed -n 's/^PGDATA=//p' | tail -n 1)
  state=$(docker run --rm --network none --volumes-from "$container" --entrypoint pg_controldata "$image" "\${pgdata:-${PGDATA}}" | sed -n 's/^Database cluster state: *//p')
  [ "$state" = 'shut down' ] || echo "its data say: \${state:-nothing}"
}
`;

/** Takes PostgreSQL over. */
export const postgresAdoption: AdoptionDriver = {
  folder: FOLDER,
  inspect: inspectScript(FOLDER, ASK, `[ ! -L "$source/pg_wal" ] || echo 'linked pg_wal'`),
  judge: judgePostgres,
  accounts: (found, given) => ({
    argv: ['psql', '-U', found.answers.get('user') ?? 'postgres', '-d', 'postgres', '-Xq'],
    stdin: roleStatements(given),
  }),
  move: moveScript({ end: END, take: takeFolder(FOLDER, 'postgres') }),
  back: (folder, { source }) => [`mv ${folder} ${source}`],
};

/**
 * Gives the statements that make the roles which guard and replicas log in with, and let the owner that is declared for a database do what
 * its present owner may; what is there is brought up to date.
 */
function roleStatements({ passwords, databases }: AccountsGiven): string {
  const functions = ['pg_promote(boolean, integer)', 'pg_reload_conf()', 'pg_switch_wal()'];
  return [
    '\\set ON_ERROR_STOP on',
    "SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';",
    "SET standard_conforming_strings = on; SET password_encryption = 'scram-sha-256';",
    role('postgres', 'SUPERUSER LOGIN'),
    role('flotilla_replication', 'LOGIN REPLICATION'),
    password('flotilla_replication', passwords.replication),
    role('flotilla_guard', 'LOGIN REPLICATION'),
    password('flotilla_guard', passwords.guard),
    'GRANT pg_monitor TO flotilla_guard;',
    ...functions.map((signature) => `GRANT EXECUTE ON FUNCTION pg_catalog.${signature} TO flotilla_guard;`),
    ...databases.flatMap(heirStatements),
    'CHECKPOINT;',
    '',
  ].join('\n');
}

/**
 * Clients of a service log in by the name of their database, whose tables belong to somebody else here. What they inherit of a superuser is
 * what it owns; before 16 they could also become it, and a person has to decide that.
 */
function heirStatements(database: string): readonly string[] {
  return [
    `SELECT 'CREATE ROLE "${database}" LOGIN' FROM pg_database WHERE datname = '${database}' AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${database}') \\gexec`,
    `SELECT format('GRANT %I TO %I', owner.rolname, heir.rolname) || CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT TRUE, SET FALSE' ELSE '' END
  FROM pg_database JOIN pg_roles owner ON owner.oid = datdba JOIN pg_roles heir ON heir.rolname = datname
  WHERE datname = '${database}' AND owner.oid <> heir.oid AND (NOT owner.rolsuper OR current_setting('server_version_num')::int >= 160000)
    AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = heir.oid AND member = owner.oid) \\gexec`,
  ];
}

function role(name: string, attributes: string): string {
  return `SELECT 'CREATE ROLE ${name} ${attributes}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec`;
}

function password(name: string, value: string): string {
  return `ALTER ROLE ${name} LOGIN REPLICATION PASSWORD '${value.replaceAll("'", "''")}';`;
}
