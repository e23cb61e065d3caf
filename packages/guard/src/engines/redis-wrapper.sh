# Redis starts closed (local socket alone) and the guard opens it, or, with Sentinels, as what a majority of them says.
# `reload` as first argument applies the settings in reload.conf to the running engine, and ends with 1 when it refuses one.
program=redis-server
grace=${FLOTILLA_STOP_GRACE:-60}
home=${FLOTILLA_HOME:-/data}
db=$home/db
private=/dev/shm/flotilla
socket=$run/redis.sock
sentinels=${FLOTILLA_SENTINELS:-}
converting=0 named='' epoch=0

cli() { timeout 3 redis-cli -s "$socket" "$@" 2>/dev/null; }

REDISCLI_AUTH=$(cat "$secrets/$FLOTILLA_SERVICE-superuser") || exit 1
export REDISCLI_AUTH

if [ "${1:-}" = reload ]; then
  # A setting of several words stands without quotes in the file, and is one word to CONFIG SET.
  refused=$(sed -n 's/^\([a-z][a-z0-9-]*\)  *\(".*"\)$/CONFIG SET \1 \2/p; t; s/^\([a-z][a-z0-9-]*\)  *\(.*\)$/CONFIG SET \1 "\2"/p' "$conf/reload.conf" | cli | grep -v '^OK$')
  [ -z "$refused" ] || { printf '%s\n' "$refused" >&2; exit 1; }
  exit 0
fi

has_log() { for file in "$db"/appendonlydir/*.manifest; do [ -s "$file" ] && return 0; done; return 1; }
has_data() { has_log || [ -s "$db/dump.rdb" ]; }

# What the data are: a primary's, a replica's, or `fresh`, a replica's that was never filled.
data_role() { role=primary; if [ -f "$db/role" ]; then read -r role <"$db/role"; fi; echo "$role"; }
set_role() { printf '%s\n' "$1" >"$db/role.new" && sync "$db/role.new" && mv "$db/role.new" "$db/role" && sync "$db"; said=''; }

report() {
  allowed=0
  if [ -f "$home/init-allowed" ]; then allowed=1; fi
  if alive "$engine" && { ! serves || [ "$converting" = 1 ]; }; then key=starting
  elif alive "$engine"; then key="run $start_id"
  elif has_data; then key=data
  else key="empty $allowed"; fi
  [ "$key" != "$said" ] || return 0
  case $key in
    run*) printf '%s\n' state=running "role=$(data_role)" "start_id=$start_id" ;;
    # What a log holds, only a start tells.
    starting | data) printf '%s\n' state=unknown "role=$(data_role)" ;;
    *) printf '%s\n' state=empty "init_allowed=$allowed" ;;
  esac | put facts
  said=$key
}

write_conf() { # port, appendonly, primary's host and port
  quoted=$(printf %s "$REDISCLI_AUTH" | sed 's/[\\"]/\\&/g')
  mkdir -p "$private" && chmod 700 "$private" && chown redis "$private"
  (
    umask 077
    {
      printf 'include %s\n' "$conf/restart.conf" "$conf/reload.conf"
      printf '%s\n' "port $1" 'bind * -::*' 'protected-mode no' "unixsocket $socket" 'unixsocketperm 700' "dir $db" "appendonly $2" \
        'daemonize no' "requirepass \"$quoted\"" "masterauth \"$quoted\""
      [ -z "${3:-}" ] || printf 'replicaof %s %s\n' "$3" "$4"
    } >"$private/redis.conf"
  ) && chown redis "$private/redis.conf"
}

start_engine() { # port, primary's host and port
  read -r start_id </proc/sys/kernel/random/uuid
  # With a log switched on, Redis reads the log alone, and begins empty where there is none.
  log=yes
  if ! has_log && has_data; then log=no converting=1; fi
  write_conf "$1" "$log" "${2:-}" "${3:-}" || exit 1
  say "starting with port $1${2:+ as a replica of $2}"
  docker-entrypoint.sh redis-server "$private/redis.conf" &
  engine=$! said=''
}

# A dump becomes a log before anybody is let in.
convert() {
  [ "$converting" = 1 ] && serves || return 0
  state=$(cli info persistence | tr -d '\r')
  case $state in *loading:0*) ;; *) return 0 ;; esac
  case $state in *aof_enabled:0*) cli config set appendonly yes >/dev/null; return 0 ;; esac
  case $state in *aof_rewrite_in_progress:0*aof_rewrite_scheduled:0*) ;; *) return 0 ;; esac
  if has_log; then converting=0; fi
}

stop_engine() {
  alive "$engine" || return 0
  say 'stopping'
  # Redis declines to stop while it writes the first log of a copy, and forgets that it was asked.
  left=$((grace * 10))
  while alive "$engine" && [ "$left" -gt 0 ]; do
    [ $((left % 10)) != 0 ] || kill -TERM "$engine"
    sleep 0.1
    left=$((left - 1))
  done
  if alive "$engine"; then say 'stopping at once'; kill -KILL "$engine"; fi
  wait "$engine"
  engine='' said='' converting=0
}

set_aside() { # term
  has_room "$db" 110 || return 1
  if [ -f "$run/position" ]; then cp "$run/position" "$db/position"; rm -f "$run/position"; fi
  put_aside "$db" "$home/db.superseded-$1"
  said=''
}

make_db() { mkdir -p "$db" && chown redis "$db" && set_role "$1"; }

# The guard names the role before it changes it, and waits until the disk knows.
follow_role() {
  [ -f "$run/role" ] || return 0
  read -r wanted <"$run/role"
  if [ -d "$db" ] && [ "$wanted" != "$(data_role)" ]; then set_role "$wanted"; fi
  rm -f "$run/role"
}

end_init() {
  [ -f "$home/init-allowed" ] && serves && has_log || return 0
  rm -f "$home/init-allowed"; sync; said=''
}

# The word of a majority: host, port and epoch of the primary, in `named` and `epoch`; empty when there is none or it is being replaced.
ask_sentinels() {
  answers='' count=0
  for address in $sentinels; do
    count=$((count + 1))
    answer=$(printf 'SENTINEL GET-MASTER-ADDR-BY-NAME %s\nSENTINEL MASTER %s\n' "$FLOTILLA_SERVICE" "$FLOTILLA_SERVICE" |
      REDISCLI_AUTH= timeout 2 redis-cli -h "${address%:*}" -p "${address##*:}" 2>/dev/null |
      awk 'NR < 3 { where = where $0 " " } last == "flags" { flags = $0 } last == "config-epoch" { epoch = $0 } { last = $0 }
        END { if (flags ~ /failover_in_progress/) print "changing"; else if (epoch != "") print where epoch }')
    answers="$answers$answer
"
  done
  named='' epoch=0
  best=$(printf %s "$answers" | grep -v '^$' | cut -d' ' -f1,2 | sort | uniq -c | sort -rn | head -n 1)
  votes=$(echo "$best" | sed 's/^ *\([0-9]*\) .*/\1/')
  case $answers in *changing*) return ;; esac
  [ -n "$best" ] && [ "$((votes * 2))" -gt "$count" ] || return 0
  named=$(echo "$best" | sed 's/^ *[0-9]* //')
  epoch=$(printf %s "$answers" | grep "^$named " | cut -d' ' -f3 | sort -n | tail -n 1)
}

# Being named is not enough to have this server's data put aside: the one that is named must reign.
is_succeeded() { [ "$(timeout 2 redis-cli -h "${named% *}" -p "${named#* }" role 2>/dev/null | head -n 1)" = master ]; }

# Starts as what the Sentinels say. One that was forgotten by them (epoch 0 on the data of a replica) is no primary.
obey_sentinels() {
  ask_sentinels
  if [ -z "$named" ]; then say 'no majority of the Sentinels names a primary'; return; fi
  if [ "$named" != "$FLOTILLA_ADDRESS" ]; then
    if has_data && [ "$(data_role)" = primary ]; then
      is_succeeded || { say "$named is named, and no primary"; return; }
      set_aside "$epoch" || return
    fi
    if ! has_data; then make_db fresh; fi
    # Host and port are two words.
    start_engine 6379 $named
  elif has_data && { [ "$(data_role)" = primary ] || { [ "$(data_role)" = replica ] && [ "$epoch" -gt 0 ]; }; }; then start_engine 6379
  elif ! has_data && [ -f "$home/init-allowed" ] && [ "$epoch" = 0 ]; then make_db primary; start_engine 6379
  else say 'named by the Sentinels, without the data of a primary'; fi
}

obey_guard() {
  kind=closed first=''
  if [ -f "$run/verdict" ]; then read -r kind first _ <"$run/verdict"; fi
  if has_data; then start_engine 0; return; fi
  case $kind in
    private) [ -f "$home/init-allowed" ] && { make_db primary; start_engine 0; } ;;
    replica) [ "$first" = - ] || { make_db fresh; start_engine 0; } ;;
    *) say 'the disk is empty' ;;
  esac
}

obey_rejoin() {
  [ -f "$run/rejoin" ] || return 0
  read -r term <"$run/rejoin" || term=unknown
  if [ -n "$sentinels" ]; then
    ask_sentinels
    term=$epoch
    if [ -z "$named" ] || [ "$named" = "$FLOTILLA_ADDRESS" ] || [ "$(cli role | head -n 1)" != master ] || ! is_succeeded; then
      rm -f "$run/rejoin"
      return
    fi
  fi
  stop_engine
  if [ -d "$db" ]; then set_aside "$term"; fi
  rm -f "$run/rejoin"
}

trap finish TERM INT

chgrp redis "$run" && chmod 1775 "$run"
chown redis "$home" 2>/dev/null
rm -f "$run/rejoin.refused" "$run/role"

while :; do
  obey_rejoin
  if [ -z "$engine" ]; then if [ -n "$sentinels" ]; then obey_sentinels; else obey_guard; fi; fi
  convert
  follow_role
  end_init
  end_with_engine
  report
  if [ -n "$engine" ]; then sleep 0.1; else sleep 0.3; fi
done
