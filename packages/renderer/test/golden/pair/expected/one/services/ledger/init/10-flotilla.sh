#!/bin/sh
# Rendered by Flotilla from environment pair, ledger. A change made here is overwritten by the next deploy.
set -eu
for secret in ledger-guard ledger-owner-archive ledger-owner-ledger ledger-replication ledger-superuser; do
  [ -s "/secrets/$secret" ] || { echo "/secrets/$secret is missing or empty" >&2; exit 1; }
done
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set replication_password `cat /secrets/ledger-replication`
CREATE ROLE flotilla_replication LOGIN REPLICATION PASSWORD :'replication_password';
\set guard_password `cat /secrets/ledger-guard`
CREATE ROLE flotilla_guard LOGIN REPLICATION PASSWORD :'guard_password';
GRANT pg_monitor TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO flotilla_guard;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO flotilla_guard;
\set owner_password `cat /secrets/ledger-owner-archive`
CREATE ROLE "archive" LOGIN PASSWORD :'owner_password';
CREATE DATABASE "archive" OWNER "archive";
\set owner_password `cat /secrets/ledger-owner-ledger`
CREATE ROLE "ledger" LOGIN PASSWORD :'owner_password';
CREATE DATABASE "ledger" OWNER "ledger";
SQL
