#!/usr/bin/env bash
# Succeeds when every check that is asked for does: --connect, --innodb_initialized. Asks as the user that the entrypoint made.
set -eo pipefail

ask() {
  local own=/var/lib/mysql/.my-healthcheck.cnf
  if [ -f "$own" ]; then set -- --defaults-extra-file="$own" "$@"; fi
  mariadb "$@"
}

# Over TCP, which listens only when the data folder is complete. A refused password is an answer as well.
connect() {
  local answer
  answer=$(ask --skip-ssl -h localhost --protocol=tcp -BN -e 'SELECT @@skip_networking' 2>&1) || :
  case $answer in 0 | 'ERROR 1045'* | 'ERROR 1820'* | 'ERROR 4151'*) ;; *) printf '%s\n' "$answer" >&2; return 1 ;; esac
}

innodb_initialized() {
  local found
  found=$(ask --protocol=socket -BN -e "SELECT 1 FROM information_schema.ENGINES WHERE engine = 'innodb' AND support IN ('YES', 'DEFAULT', 'ENABLED')")
  [ "$found" = 1 ]
}

[ $# -gt 0 ] || { echo 'healthcheck: name a check: --connect, --innodb_initialized' >&2; exit 1; }
for check; do
  case $check in
    --connect) connect ;;
    --innodb_initialized) innodb_initialized ;;
    *) echo "healthcheck: this stand-in for the official image does not know $check" >&2; exit 1 ;;
  esac || { echo "healthcheck: $check failed" >&2; exit 1; }
done
