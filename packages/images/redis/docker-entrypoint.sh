#!/bin/sh
# Starts Redis or Sentinel as user redis. Keeps the contract of the official image.
set -e

# redis-server and redis-sentinel under any path; nothing else is touched.
is_engine() { case ${1##*/} in redis-server | redis-sentinel) return 0 ;; *) return 1 ;; esac; }

is_sentinel() {
  case ${1##*/} in redis-sentinel) return 0 ;; esac
  for argument; do [ "$argument" != --sentinel ] || return 0; done
  return 1
}

# Sentinel writes its state into its configuration file, and by way of a new file beside it.
own() {
  if is_sentinel "$@"; then
    if [ -f "${2:-}" ]; then chown redis "$2" "$(dirname "$2")" || :; fi
  else
    find . ! -user redis -exec chown redis {} + || :
  fi
}

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
if ! is_engine "${1:-}"; then exec "$@"; fi

if [ "$(id -u)" = 0 ]; then
  [ -n "${SKIP_FIX_PERMS:-}" ] || own "$@"
  exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi

# What Redis writes is nobody else's business, unless somebody has said how it shall be.
[ "$(umask)" != 0022 ] || umask 0077

# The official server is built with protected mode off, because ports of a container are published on purpose. Debian's is not,
# so that is said for it, unless its configuration says something of its own.
if ! is_sentinel "$@"; then
  engine=$1
  shift
  case ${1:-} in
    '' | -*) set -- "$engine" --protected-mode no "$@" ;;
    *)
      file=$1
      shift
      if [ -r "$file" ] && grep -Eqi '^[[:space:]]*(protected-mode|include)[[:space:]]' "$file"; then
        set -- "$engine" "$file" "$@"
      else
        set -- "$engine" "$file" --protected-mode no "$@"
      fi
      ;;
  esac
fi
exec "$@"
