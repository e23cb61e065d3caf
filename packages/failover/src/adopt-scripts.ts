/**
 * As root: $1 container, $2 data folder of the service, $3 its declared image. Prints `key value` lines of what is found, `absent` alone
 * when there is no such container. Changes nothing but that the image is there, which the deploy then need not wait for.
 */
export const INSPECT_ADOPTION = `set -u
docker inspect "$1" >/dev/null 2>&1 || { echo absent; exit 0; }
of() { docker inspect -f "$1" "$container"; }
container=$1 home=$2 declared=$3
variable() { of '{{range .Config.Env}}{{println .}}{{end}}' | sed -n "s/^$1=//p" | tail -n 1; }
pgdata=$(variable PGDATA) user=$(variable POSTGRES_USER)
: "\${pgdata:=/var/lib/postgresql/data}" "\${user:=postgres}"
source=''
longest=0
while IFS='|' read -r inside outside; do
  case $pgdata/ in
    "$inside"/*) [ \${#inside} -le "$longest" ] || { longest=\${#inside}; source=$outside\${pgdata#"$inside"}; } ;;
  esac
done <<MOUNTS
$(of '{{range .Mounts}}{{.Destination}}|{{.Source}}{{println}}{{end}}')
MOUNTS
echo "running $(of '{{.State.Running}}')"
echo "restart $(of '{{.HostConfig.RestartPolicy.Name}}')"
echo "image $(of '{{.Config.Image}}')"
echo "user $user"
echo "source $source"
ask() { docker exec "$container" psql -U "$user" -d postgres -XAtc "$1" 2>/dev/null; }
echo "version $(ask 'SHOW server_version_num')"
echo "build $(ask 'SELECT version()')"
echo "standby $(ask 'SELECT pg_is_in_recovery()')"
echo "checksums $(ask 'SHOW data_checksums')"
echo "encodings $(ask 'SELECT DISTINCT pg_encoding_to_char(encoding) FROM pg_database WHERE datallowconn' | tr '\\n' ' ')"
echo "tablespaces $(ask "SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')")"
echo "next $(docker run --rm --network none --entrypoint sh "$declared" -c 'v=$(postgres --version); [ ! -e /etc/alpine-release ] || v="$v musl"; echo "$v"' 2>/dev/null)"
echo "preloaded $(ask 'SHOW shared_preload_libraries')"
if [ -n "$source" ] && [ -d "$source" ]; then
  echo "kibibytes $(du -sk "$source" | cut -f1)"
  [ ! -L "$source/pg_wal" ] || echo 'linked pg_wal'
  [ ! -e "$home/pgdata" ] || echo 'occupied yes'
  near=$home
  while [ ! -e "$near" ]; do near=$(dirname "$near"); done
  [ "$(stat -c %d "$source")" = "$(stat -c %d "$near")" ] && [ "$(stat -c %m "$source")" = "$(stat -c %m "$near")" ] && echo 'renamable yes'
fi
exit 0
`;

/**
 * As root: $1 container, $2 its data, $3 data folder of the service, $4 restart policy it had. Stops it for good, has the clean end
 * confirmed, and gives the data their new place by a rename. When the end is not clean, it is started again as it was.
 */
export const MOVE_DATA = `set -eu
container=$1 source=$2 home=$3 policy=$4
again() { docker update --restart="$policy" "$container" >/dev/null; docker start "$container" >/dev/null; echo "$1; it was started again" >&2; exit 1; }
docker update --restart=no "$container" >/dev/null
docker stop -t 120 "$container" >/dev/null
image=$(docker inspect -f '{{.Image}}' "$container")
pgdata=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' "$container" | sed -n 's/^PGDATA=//p' | tail -n 1)
state=$(docker run --rm --network none --volumes-from "$container" --entrypoint pg_controldata "$image" "\${pgdata:-/var/lib/postgresql/data}" | sed -n 's/^Database cluster state: *//p')
[ "$state" = 'shut down' ] || again "its data say: \${state:-nothing}"
mkdir -p "$home"
mv -T "$source" "$home/pgdata" || again 'its data could not be moved'
: >"$home/adopted"
sync
`;

/** Gives the statements that make the roles which guard and replicas log in with; what is there is brought up to date. */
export function roleStatements(passwords: { readonly guard: string; readonly replication: string }): string {
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
    'CHECKPOINT;',
    '',
  ].join('\n');
}

function role(name: string, attributes: string): string {
  return `SELECT 'CREATE ROLE ${name} ${attributes}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec`;
}

function password(name: string, value: string): string {
  return `ALTER ROLE ${name} LOGIN REPLICATION PASSWORD '${value.replaceAll("'", "''")}';`;
}
