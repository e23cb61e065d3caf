#!/usr/bin/env bash
# Starts MariaDB, and makes a data folder first when there is none. Keeps the contract of the official image.
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

# MARIADB_NAME and its older form MYSQL_NAME: either may be given, both are set.
setting_of_both() {
  local ours="MARIADB_$1" older="MYSQL_${2:-$1}"
  setting "$older" "${3:-}"
  setting "$ours" "${!older}"
  export "$older"="${!ours}"
}

read_settings() {
  setting_of_both ROOT_HOST ROOT_HOST %
  setting_of_both DATABASE
  setting_of_both USER
  setting_of_both PASSWORD
  setting_of_both ROOT_PASSWORD
  setting_of_both ALLOW_EMPTY_ROOT_PASSWORD ALLOW_EMPTY_PASSWORD
  setting_of_both RANDOM_ROOT_PASSWORD
  setting_of_both INITDB_SKIP_TZINFO
  local name
  for name in MARIADB_ROOT_PASSWORD_HASH MARIADB_PASSWORD_HASH MARIADB_REPLICATION_USER MARIADB_MASTER_HOST MARIADB_MYSQL_LOCALHOST_USER; do
    if [ -n "${!name:-}" ]; then die "this stand-in for the official image does not know $name"; fi
  done
}

# The server's own account of its settings, from every file and flag it would read.
read_config() {
  if ! config=$("$@" --verbose --help 2>/tmp/config-errors); then
    die "the server refuses its configuration: $(</tmp/config-errors)"
  fi
  rm -f /tmp/config-errors
  datadir=$(configured datadir)
  socket=$(configured socket)
  case $datadir:$socket in /*:/*) ;; *) die "the server tells no data folder ($datadir) or socket ($socket)" ;; esac
  port=$(configured port)
}

# A setting stands at the start of a line; the same word indented belongs to the explanation of another.
configured() {
  awk -v name="$1" '/^[^ \t]/ && $1 == name { sub(/^[^ \t]+[ \t]+/, ""); print; exit }' <<<"$config"
}

prepare_folders() {
  mkdir -p "$datadir" "${socket%/*}"
  find "$datadir" ! -user mysql -exec chown mysql: {} +
  find "${socket%/*}" -maxdepth 0 ! -user mysql -exec chown mysql: {} +
}

require_password() {
  if [ -z "$MARIADB_ROOT_PASSWORD$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
    die 'a new data folder needs MARIADB_ROOT_PASSWORD (or MARIADB_ROOT_PASSWORD_FILE), MARIADB_RANDOM_ROOT_PASSWORD or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD'
  fi
  [ "$MARIADB_USER" != root ] || die 'MARIADB_USER makes a common user; root has MARIADB_ROOT_PASSWORD'
}

# TEXT as a literal of SQL.
literal() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

# Reads SQL from stdin as root, in MARIADB_DATABASE unless told another. Scripts of the init folder may call it by this name.
docker_process_sql() {
  local password=$MARIADB_ROOT_PASSWORD
  if [ "${1:-}" = --dont-use-mysql-root-password ]; then
    password=''
    shift
  fi
  if [ -n "$MARIADB_DATABASE" ]; then set -- --database="$MARIADB_DATABASE" "$@"; fi
  MYSQL_PWD=$password mariadb --protocol=socket -uroot -hlocalhost --socket="$socket" "$@"
}

start_for_setup() {
  # Only the local socket listens, so that nobody connects to half-made data.
  "$@" --skip-networking --default-time-zone=SYSTEM --socket="$socket" --wsrep_on=OFF --expire-logs-days=0 \
    --loose-innodb_buffer_pool_load_at_startup=0 &
  server=$!
  local tries
  for tries in {1..300}; do
    if docker_process_sql --dont-use-mysql-root-password --database=mysql <<<'SELECT 1' >/dev/null 2>&1; then return; fi
    kill -0 "$server" 2>/dev/null || die 'the server ended while the data folder was made'
    sleep 0.1
  done
  die "the server did not answer in ${tries} tries"
}

load_time_zones() {
  if [ -n "$MARIADB_INITDB_SKIP_TZINFO" ]; then return; fi
  mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2>/dev/null |
    docker_process_sql --dont-use-mysql-root-password --database=mysql
}

make_root() {
  if [ -n "$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
    MARIADB_ROOT_PASSWORD=$(openssl rand -base64 24)
    export MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD=$MARIADB_ROOT_PASSWORD
    say "the root password is $MARIADB_ROOT_PASSWORD"
  fi
  local password root
  password=$(literal "$MARIADB_ROOT_PASSWORD")
  root="'root'@$(literal "$MARIADB_ROOT_HOST")"
  {
    # These users are every server's own and must not travel to replicas.
    echo 'SET autocommit = 1; SET @@SESSION.sql_log_bin = 0;'
    # They were made without a password, for every name of this machine.
    echo "DROP USER IF EXISTS root@'127.0.0.1', root@'::1';"
    echo "EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS root@''', @@hostname, '''');"
    if [ "$MARIADB_ROOT_HOST" != localhost ]; then
      echo "CREATE USER $root IDENTIFIED BY $password; GRANT ALL ON *.* TO $root WITH GRANT OPTION;"
      echo "GRANT PROXY ON ''@'%' TO $root WITH GRANT OPTION;"
    fi
    make_health_user
    echo "SET PASSWORD FOR 'root'@'localhost' = PASSWORD($password);"
  } | docker_process_sql --dont-use-mysql-root-password --database=mysql
}

# The user that healthcheck.sh asks with.
make_health_user() {
  local host secret
  secret=$(openssl rand -hex 16)
  for host in 127.0.0.1 ::1 localhost; do
    echo "CREATE USER healthcheck@'$host' IDENTIFIED BY '$secret'; GRANT USAGE ON *.* TO healthcheck@'$host';"
  done
  (
    umask 0077
    printf '[mariadb-client]\nport=%s\nsocket=%s\nuser=healthcheck\npassword=%s\n' "$port" "$socket" "$secret" >"$datadir/.my-healthcheck.cnf"
  )
}

make_database_and_user() {
  local name=${MARIADB_DATABASE//\`/\`\`} user
  if [ -n "$MARIADB_DATABASE" ]; then
    docker_process_sql --database=mysql <<<"CREATE DATABASE IF NOT EXISTS \`$name\`;"
  fi
  if [ -z "$MARIADB_USER" ] || [ -z "$MARIADB_PASSWORD" ]; then return; fi
  user="$(literal "$MARIADB_USER")@'%'"
  docker_process_sql --database=mysql <<<"CREATE USER $user IDENTIFIED BY $(literal "$MARIADB_PASSWORD");"
  if [ -n "$MARIADB_DATABASE" ]; then
    # In a grant an underscore stands for any character.
    docker_process_sql --database=mysql <<<"GRANT ALL ON \`${name//_/\\_}\`.* TO $user;"
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
      *.sql) say "running $file"; docker_process_sql <"$file" ;;
      *.sql.gz) say "running $file"; gunzip -c "$file" | docker_process_sql ;;
      */\*) ;;
      *) say "ignoring $file" ;;
    esac
  done
}

make_and_fill() {
  require_password
  mariadb-install-db --datadir="$datadir" --rpm --auth-root-authentication-method=normal --skip-test-db "${@:2}" \
    --default-time-zone=SYSTEM --enforce-storage-engine= --skip-log-bin --expire-logs-days=0 >&2
  start_for_setup "$@"
  load_time_zones
  make_root
  make_database_and_user
  run_init_files
  kill "$server"
  wait "$server"
  say 'the data folder is made; starting it for clients'
}

wants_help() {
  local argument
  for argument; do
    case $argument in -'?' | --help | --print-defaults | -V | --version) return 0 ;; esac
  done
  return 1
}

main() {
  case ${1:-} in -*) set -- mariadbd "$@" ;; esac
  if { [ "${1:-}" != mariadbd ] && [ "${1:-}" != mysqld ]; } || wants_help "$@"; then exec "$@"; fi
  read_config "$@"
  if [ "$(id -u)" = 0 ]; then
    prepare_folders
    exec gosu mysql "${BASH_SOURCE[0]}" "$@"
  fi
  read_settings
  if [ ! -d "$datadir/mysql" ]; then make_and_fill "$@"; fi
  exec "$@"
}

main "$@"
