#!/usr/bin/env bash
# Starts MySQL, and makes a data folder first when there is none. Keeps the contract of the official image.
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

# The server's own account of its settings, from every file and flag it would read.
read_config() {
  if ! config=$("$@" --verbose --help --log-bin-index="$(mktemp -u)" 2>/tmp/config-errors); then
    die "the server refuses its configuration: $(</tmp/config-errors)"
  fi
  rm -f /tmp/config-errors
  datadir=$(configured datadir)
  socket=$(configured socket)
  case $datadir:$socket in /*:/*) ;; *) die "the server tells no data folder ($datadir) or socket ($socket)" ;; esac
}

# A setting stands at the start of a line; the same word indented belongs to the explanation of another.
configured() {
  awk -v name="$1" '/^[^ \t]/ && $1 == name { sub(/^[^ \t]+[ \t]+/, ""); print; exit }' <<<"$config"
}

prepare_folders() {
  local folders=("$datadir" "$(dirname "$socket")") name path
  for name in general-log-file slow-query-log-file pid-file; do
    path=$(configured "$name")
    case $path in /*) folders+=("$(dirname "$path")") ;; esac
  done
  path=$(configured secure-file-priv)
  case $path in /*) folders+=("$path") ;; esac
  mkdir -p "${folders[@]}"
  [ "$(id -u)" != 0 ] || find "${folders[@]}" ! -user mysql -exec chown --no-dereference mysql {} +
}

require_password() {
  if [ -z "$MYSQL_ROOT_PASSWORD$MYSQL_ALLOW_EMPTY_PASSWORD$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
    die 'a new data folder needs MYSQL_ROOT_PASSWORD (or MYSQL_ROOT_PASSWORD_FILE), MYSQL_RANDOM_ROOT_PASSWORD or MYSQL_ALLOW_EMPTY_PASSWORD'
  fi
  [ "$MYSQL_USER" != root ] || die 'MYSQL_USER makes a common user; root has MYSQL_ROOT_PASSWORD'
  if [ -n "$MYSQL_USER" ] && [ -z "$MYSQL_PASSWORD" ]; then say 'MYSQL_USER is not made: MYSQL_PASSWORD is missing'; fi
}

# TEXT as a literal of SQL.
literal() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

option_file() {
  local text=${1//\\/\\\\}
  if [ -n "$text" ]; then printf '[client]\nuser=root\npassword="%s"\n' "${text//\"/\\\"}"; fi
}

# Reads SQL from stdin as root, in MYSQL_DATABASE unless told another. Scripts of the init folder may call it by this name.
docker_process_sql() {
  local password=$MYSQL_ROOT_PASSWORD
  if [ "${1:-}" = --dont-use-mysql-root-password ]; then
    password=''
    shift
  fi
  if [ -n "$MYSQL_DATABASE" ]; then set -- --database="$MYSQL_DATABASE" "$@"; fi
  mysql --defaults-extra-file=<(option_file "$password") --protocol=socket -uroot -hlocalhost --socket="$socket" --comments "$@"
}

load_time_zones() {
  if [ -n "${MYSQL_INITDB_SKIP_TZINFO:-}" ]; then return; fi
  mysql_tzinfo_to_sql /usr/share/zoneinfo 2>/dev/null |
    docker_process_sql --dont-use-mysql-root-password --database=mysql
}

make_root() {
  if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
    export MYSQL_ROOT_PASSWORD
    MYSQL_ROOT_PASSWORD=$(openssl rand -base64 24)
    say "the root password is $MYSQL_ROOT_PASSWORD"
  fi
  local password root
  password=$(literal "$MYSQL_ROOT_PASSWORD")
  root="'root'@$(literal "$MYSQL_ROOT_HOST")"
  {
    # Root is every server's own and must not travel to replicas.
    echo 'SET autocommit = 1; SET @@SESSION.sql_log_bin = 0;'
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $password;"
    if [ "$MYSQL_ROOT_HOST" != localhost ]; then
      echo "CREATE USER $root IDENTIFIED BY $password; GRANT ALL ON *.* TO $root WITH GRANT OPTION;"
    fi
  } | docker_process_sql --dont-use-mysql-root-password --database=mysql
}

make_database_and_user() {
  local name=${MYSQL_DATABASE//\`/\`\`} user
  if [ -n "$MYSQL_DATABASE" ]; then
    docker_process_sql --database=mysql <<<"CREATE DATABASE IF NOT EXISTS \`$name\`;"
  fi
  if [ -z "$MYSQL_USER" ] || [ -z "$MYSQL_PASSWORD" ]; then return; fi
  user="$(literal "$MYSQL_USER")@'%'"
  docker_process_sql --database=mysql <<<"CREATE USER $user IDENTIFIED BY $(literal "$MYSQL_PASSWORD");"
  if [ -n "$MYSQL_DATABASE" ]; then
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
  "$@" --initialize-insecure --default-time-zone=SYSTEM
  # Only the local socket listens, so that nobody connects to half-made data.
  "$@" --daemonize --skip-networking --default-time-zone=SYSTEM --socket="$socket"
  load_time_zones
  make_root
  make_database_and_user
  run_init_files
  if [ -n "${MYSQL_ONETIME_PASSWORD:-}" ]; then
    docker_process_sql --database=mysql <<<"ALTER USER 'root'@'%' PASSWORD EXPIRE;"
  fi
  mysqladmin --defaults-extra-file=<(option_file "$MYSQL_ROOT_PASSWORD") -uroot --socket="$socket" shutdown
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
  case ${1:-} in -*) set -- mysqld "$@" ;; esac
  if [ "${1:-}" != mysqld ] || wants_help "$@"; then exec "$@"; fi
  read_config "$@"
  if [ "$(id -u)" = 0 ]; then
    prepare_folders
    exec gosu mysql "${BASH_SOURCE[0]}" "$@"
  fi
  setting MYSQL_ROOT_HOST %
  setting MYSQL_DATABASE
  setting MYSQL_USER
  setting MYSQL_PASSWORD
  setting MYSQL_ROOT_PASSWORD
  : "${MYSQL_ALLOW_EMPTY_PASSWORD:=}" "${MYSQL_RANDOM_ROOT_PASSWORD:=}"
  if [ ! -d "$datadir/mysql" ]; then make_and_fill "$@"; fi
  exec "$@"
}

main "$@"
