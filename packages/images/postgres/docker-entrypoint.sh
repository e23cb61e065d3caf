#!/usr/bin/env bash
# Starts PostgreSQL, and makes a cluster first when the data folder holds none. Keeps the contract of the official image.
set -Eeuo pipefail

say() { printf '%s\n' "entrypoint: $*" >&2; }
die() { say "$*"; exit 1; }

# Sets NAME from its value, from the file that NAME_FILE points at, or from the default.
setting() {
  local name=$1 fallback=${2:-} file_name="$1_FILE"
  if [ -n "${!name:-}" ] && [ -n "${!file_name:-}" ]; then
    die "$name and $file_name are both set: choose one"
  fi
  if [ -n "${!file_name:-}" ]; then
    [ -r "${!file_name}" ] || die "$file_name names ${!file_name}, which cannot be read"
    export "$name"="$(<"${!file_name}")"
  elif [ -z "${!name:-}" ]; then
    export "$name"="$fallback"
  fi
  unset "$file_name"
}

prepare_folders() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 00700 "$PGDATA" || :
  chmod 03775 /var/run/postgresql || :
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    [ "$(id -u)" != 0 ] || find "$POSTGRES_INITDB_WALDIR" ! -user postgres -exec chown postgres {} +
    chmod 700 "$POSTGRES_INITDB_WALDIR"
  fi
  if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" ! -user postgres -exec chown postgres {} +
    find /var/run/postgresql ! -user postgres -exec chown postgres {} +
  fi
}

require_password() {
  if [ -n "$POSTGRES_PASSWORD" ] || [ "$POSTGRES_HOST_AUTH_METHOD" = trust ]; then return; fi
  die 'a new cluster needs POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE); POSTGRES_HOST_AUTH_METHOD=trust lets everybody in without one'
}

make_cluster() {
  local arguments=(--username="$POSTGRES_USER")
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then arguments+=(--waldir="$POSTGRES_INITDB_WALDIR"); fi
  # The variable holds shell words, quotes included: that is its contract.
  eval 'initdb "${arguments[@]}" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
}

admit_network() {
  local method=$POSTGRES_HOST_AUTH_METHOD
  [ -n "$method" ] || method=$(postgres -C password_encryption "${@:2}")
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

# Reads SQL from stdin. Stops at the first error.
query() {
  PGPASSWORD=${PGPASSWORD-$POSTGRES_PASSWORD} PGHOST= PGHOSTADDR= \
    psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --no-password "$@"
}

start_for_setup() {
  if [ "${1:-}" = postgres ]; then shift; fi
  # Only the local socket listens, so that nobody connects to a half-made cluster.
  NOTIFY_SOCKET= pg_ctl -D "$PGDATA" -w start \
    -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" >&2
}

make_database() {
  local found
  found=$(query --dbname postgres --tuples-only --set name="$POSTGRES_DB" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")
  if [ -z "$found" ]; then
    query --dbname postgres --set name="$POSTGRES_DB" <<<'CREATE DATABASE :"name"'
  fi
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        say "running $file"
        # A script that is not executable is read into this shell, as the contract has it.
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) say "running $file"; query --dbname "$POSTGRES_DB" -f "$file" ;;
      *.sql.gz) say "running $file"; gunzip -c "$file" | query --dbname "$POSTGRES_DB" ;;
      */\*) ;;
      *) say "ignoring $file" ;;
    esac
  done
}

make_and_fill_cluster() {
  require_password
  make_cluster
  admit_network "$@"
  start_for_setup "$@"
  make_database
  run_init_files
  NOTIFY_SOCKET= pg_ctl -D "$PGDATA" -m fast -w stop >&2
  unset PGPASSWORD
  say 'the cluster is made; starting it for clients'
}

wants_help() {
  local argument
  for argument; do
    case $argument in -'?' | --help | --describe-config | -V | --version) return 0 ;; esac
  done
  return 1
}

main() {
  case ${1:-} in -*) set -- postgres "$@" ;; esac
  if [ "${1:-}" != postgres ] || wants_help "$@"; then exec "$@"; fi
  prepare_folders
  if [ "$(id -u)" = 0 ]; then exec gosu postgres "${BASH_SOURCE[0]}" "$@"; fi
  setting POSTGRES_PASSWORD
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_and_fill_cluster "$@"; fi
  exec "$@"
}

main "$@"
