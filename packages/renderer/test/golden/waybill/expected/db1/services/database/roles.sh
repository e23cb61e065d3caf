#!/bin/sh
# Rendered by Flotilla from environment waybill, database. A change made here is overwritten by the next deploy.
set -eu
for secret in database-guard database-owner-warehousedb database-replication database-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
# No password in any log, and no commit that waits for a standby: whoever is primary next does the same.
PGOPTIONS='-c synchronous_commit=local -c client_min_messages=warning -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic'
export PGOPTIONS
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set superuser_password `cat /secrets/database-superuser`
ALTER ROLE CURRENT_USER PASSWORD :'superuser_password';
\set password `cat /secrets/database-replication`
SELECT 'CREATE ROLE flotilla_replication'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'flotilla_replication') \gexec
ALTER ROLE flotilla_replication LOGIN REPLICATION PASSWORD :'password';
\set password `cat /secrets/database-guard`
SELECT 'CREATE ROLE flotilla_guard'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'flotilla_guard') \gexec
ALTER ROLE flotilla_guard LOGIN REPLICATION PASSWORD :'password';
GRANT pg_monitor TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO flotilla_guard;
\set password `cat /secrets/database-owner-warehousedb`
SELECT 'CREATE ROLE "warehousedb"'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warehousedb') \gexec
ALTER ROLE "warehousedb" LOGIN PASSWORD :'password';
SELECT 'CREATE DATABASE "warehousedb" OWNER "warehousedb"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'warehousedb') \gexec
SQL
