#!/bin/sh
# Rendered by Flotilla from environment pooled, orders. A change made here is overwritten by the next deploy.
set -eu
for secret in orders-guard orders-owner-archive-2 orders-owner-orders orders-replication orders-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
# No password in any log, and no commit that waits for a standby: whoever is primary next does the same.
PGOPTIONS='-c synchronous_commit=local -c client_min_messages=warning -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic'
export PGOPTIONS
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set superuser_password `cat /secrets/orders-superuser`
ALTER ROLE CURRENT_USER PASSWORD :'superuser_password';
\set password `cat /secrets/orders-replication`
SELECT 'CREATE ROLE flotilla_replication'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'flotilla_replication') \gexec
ALTER ROLE flotilla_replication LOGIN REPLICATION PASSWORD :'password';
\set password `cat /secrets/orders-guard`
SELECT 'CREATE ROLE flotilla_guard'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'flotilla_guard') \gexec
ALTER ROLE flotilla_guard LOGIN REPLICATION PASSWORD :'password';
GRANT pg_monitor TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO flotilla_guard;
\set password `cat /secrets/orders-owner-archive-2`
SELECT 'CREATE ROLE "archive_2"'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'archive_2') \gexec
ALTER ROLE "archive_2" LOGIN PASSWORD :'password';
SELECT 'CREATE DATABASE "archive_2" OWNER "archive_2"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'archive_2') \gexec
\set password `cat /secrets/orders-owner-orders`
SELECT 'CREATE ROLE "orders"'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders') \gexec
ALTER ROLE "orders" LOGIN PASSWORD :'password';
SELECT 'CREATE DATABASE "orders" OWNER "orders"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'orders') \gexec
SQL
