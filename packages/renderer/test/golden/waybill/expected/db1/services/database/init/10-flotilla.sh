#!/bin/sh
# Rendered by Flotilla from environment waybill, database. A change made here is overwritten by the next deploy.
set -eu
for secret in database-guard database-owner-warehousedb database-replication database-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set replication_password `cat /secrets/database-replication`
CREATE ROLE flotilla_replication LOGIN REPLICATION PASSWORD :'replication_password';
\set guard_password `cat /secrets/database-guard`
CREATE ROLE flotilla_guard LOGIN REPLICATION PASSWORD :'guard_password';
GRANT pg_monitor TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO flotilla_guard;
\set owner_password `cat /secrets/database-owner-warehousedb`
CREATE ROLE "warehousedb" LOGIN PASSWORD :'owner_password';
CREATE DATABASE "warehousedb" OWNER "warehousedb";
SQL
