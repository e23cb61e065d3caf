#!/bin/sh
# Runs HAProxy in the foreground as master and worker, so that SIGUSR2 reloads and SIGUSR1 drains.
set -e
case ${1:-} in -*) set -- haproxy "$@" ;; esac
if [ "${1:-}" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
