#!/bin/sh
# Runs Patroni as the owner of the data, which it makes, clones and promotes itself. Any other command starts as in the postgres image.
set -e
if [ "${1:-}" != patroni ]; then exec docker-entrypoint.sh "$@"; fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
  exec gosu postgres "$@"
fi
exec "$@"
