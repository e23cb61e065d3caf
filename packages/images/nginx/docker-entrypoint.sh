#!/bin/sh
# Runs what stands in /docker-entrypoint.d, in the order of the names, before nginx: *.envsh is read, *.sh is executed.
set -e
case ${1:-} in
  nginx | nginx-debug)
    for file in /docker-entrypoint.d/*; do
      [ -x "$file" ] || continue
      case $file in
        *.envsh) . "$file" ;;
        *.sh) "$file" ;;
      esac
    done
    ;;
esac
exec "$@"
