#!/bin/sh
# Rendered by Flotilla from environment lab-mariadb, database. A change made here is overwritten by the next deploy.
set -eu
for secret in database-owner-ledger database-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
socket=${1:-/run/mysqld/mysqld.sock}
# Passwords reach the client through files and pipes, so that no process list shows them.
literal() { printf "'%s'" "$(sed "s/\\\\/\\\\\\\\/g; s/'/''/g" "/secrets/$1")"; }
as() { # account, its secret
  printf '[client]\nuser=%s\npassword="%s"\n' "$1" "$(sed 's/\\/\\\\/g; s/"/\\"/g' "/secrets/${2:-database-superuser}")" > "$options"
  mariadb --defaults-extra-file="$options" --socket="$socket" --skip-column-names --batch
}
# Statements that print nothing. One that fails is repeated by the client, and a password is part of it.
make() {
  refusal=$(as "$1" 2>&1) || { printf '%s\n' "$refusal" | grep '^ERROR' >&2; exit 1; }
}
options=$(mktemp)
trap 'rm -f "$options"' EXIT
[ "$(echo 'SELECT @@GLOBAL.read_only + LENGTH(@@GLOBAL.init_connect);' | as root)" = 0 ] || exit 75
find() { # database, secret of its owner: prints the statements that make what is missing
  case $1 in mysql | sys | information_schema | performance_schema | flotilla) echo "$1 belongs to the server itself" >&2; exit 1 ;; esac
  set -- "$1" "$2" $(as root <<SQL
SELECT (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '$1'),
  (SELECT COUNT(*) FROM mysql.user WHERE user = '$1' AND host = '%'),
  (SELECT COUNT(*) FROM mysql.db WHERE user = '$1' AND host = '%' AND REPLACE(db, CHAR(92), '') = '$1');
SQL
  )
  [ "$#" = 5 ] || exit 1
  if [ "$3" = 0 ]; then echo "CREATE DATABASE \`$1\`;"; fi
  if [ "$4" = 0 ]; then printf "CREATE USER '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$(literal "$2")"
  elif ! refusal=$(echo 'DO 0;' | as "$1" "$2" 2>&1); then
    case $refusal in
      *'ERROR 1045 '*) printf "ALTER USER '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$(literal "$2")" ;;
      *) echo "$refusal" >&2 ;;
    esac
  fi
  if [ "$5" = 0 ]; then
    printf "GRANT ALL ON \`%s\`.* TO '%s'@'%%';\n" "$(echo "$1" | sed 's/_/\\_/g')" "$1"
  fi
}
missing=$(
  find ledger database-owner-ledger
)
[ -n "$missing" ] || exit 0
# A closed server would let root write, and nobody else would ever have that.
maker=flotilla_maker
trap 'echo "SET SESSION sql_log_bin = 0; DROP USER IF EXISTS flotilla_maker@localhost;" | as root; rm -f "$options"' EXIT
make root <<SQL
SET SESSION sql_log_bin = 0;
CREATE OR REPLACE USER flotilla_maker@localhost IDENTIFIED BY $(literal database-superuser);
GRANT ALL ON *.* TO flotilla_maker@localhost WITH GRANT OPTION;
REVOKE SUPER, READ_ONLY ADMIN, CONNECTION ADMIN ON *.* FROM flotilla_maker@localhost;
SQL
printf '%s\n' 'SET SESSION lock_wait_timeout = 10;' "$missing" | make "$maker"
