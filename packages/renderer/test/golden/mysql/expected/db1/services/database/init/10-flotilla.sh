#!/bin/sh
# Rendered by Flotilla from environment lab-mysql, database. A change made here is overwritten by the next deploy.
set -eu
for secret in database-guard database-replication database-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
socket=/var/run/mysqld/mysqld.sock
# Passwords reach the client through files and pipes, so that no process list shows them.
literal() { printf "'%s'" "$(sed "s/\\\\/\\\\\\\\/g; s/'/''/g" "/secrets/$1")"; }
as() { # account, its secret
  printf '[client]\nuser=%s\npassword="%s"\n' "$1" "$(sed 's/\\/\\\\/g; s/"/\\"/g' "/secrets/${2:-database-superuser}")" > "$options"
  mysql --defaults-extra-file="$options" --socket="$socket" --skip-column-names --batch
}
# Statements that print nothing. One that fails is repeated by the client, and a password is part of it.
make() {
  refusal=$(as "$1" 2>&1) || { printf '%s\n' "$refusal" | grep '^ERROR' >&2; exit 1; }
}
options=$(mktemp)
trap 'rm -f "$options"' EXIT
make root <<SQL
CREATE DATABASE flotilla;
CREATE TABLE flotilla.identity (id CHAR(36) NOT NULL PRIMARY KEY);
INSERT INTO flotilla.identity VALUES (UUID());
CREATE USER 'flotilla_replication'@'%' IDENTIFIED BY $(literal database-replication);
GRANT REPLICATION SLAVE, BACKUP_ADMIN, CONNECTION_ADMIN ON *.* TO 'flotilla_replication'@'%';
CREATE USER 'flotilla_guard'@'localhost' IDENTIFIED BY $(literal database-guard);
GRANT RELOAD, REPLICATION CLIENT, REPLICATION SLAVE, REPLICATION_SLAVE_ADMIN, SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.* TO 'flotilla_guard'@'localhost';
GRANT SELECT ON performance_schema.* TO 'flotilla_guard'@'localhost';
GRANT SELECT ON flotilla.identity TO 'flotilla_guard'@'localhost';
SQL
sh /flotilla/current/roles.sh
