#!/bin/sh
# Rendered by Flotilla from environment pooled, orders-pooler on app. A change made here is overwritten by the next deploy.
set -u
umask 077
list_user() {
  [ -s "/secrets/$2" ] || { echo "/secrets/$2 is missing or empty" >&2; return 1; }
  printf '"%s" "%s"\n' "$1" "$(sed 's/"/""/g' "/secrets/$2")"
}
list_users() {
  { list_user 'archive_2' orders-owner-archive-2 && list_user 'orders' orders-owner-orders; } >/dev/shm/userlist.txt.new &&
    mv /dev/shm/userlist.txt.new /dev/shm/userlist.txt
}
alive() { read -r _ _ phase _ 2>/dev/null <"/proc/$1/stat" && [ "$phase" != Z ]; }
both() { kill "-$1" "$write" "$read" 2>/dev/null; }
list_users || exit 1
pgbouncer /flotilla/current/write.ini &
write=$!
pgbouncer /flotilla/current/read.ini &
read=$!
trap 'stop=1; both INT' INT TERM
trap 'list_users && both HUP' HUP
stop=0
while alive "$write" && alive "$read"; do
  sleep 1 &
  wait $!
done
both INT
wait "$write" "$read"
[ "$stop" = 1 ]
