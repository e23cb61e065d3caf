# PostgreSQL: without a word of the guard the engine stays stopped.
program=postgres
grace=${FLOTILLA_STOP_GRACE:-30}
home=$(dirname "$PGDATA")
draft=$home/pgdata.clone
passfile=/var/lib/postgresql/.flotilla-passfile
slot=flotilla_$(printf %s "$FLOTILLA_SERVER" | tr 'A-Z-' 'a-z_')
started_as='' upstream='' hba='' reload=0 roles='' maker='' later=0 last_history=''

has_data() { [ -f "$PGDATA/PG_VERSION" ]; }
is_standby() { [ -f "$PGDATA/standby.signal" ]; }

control() { printf '%s\n' "$controldata" | sed -n "s/^$1: *//p"; }

stopped_facts() {
  controldata=$(LC_ALL=C pg_controldata -D "$PGDATA" 2>/dev/null) || { echo state=unknown; return; }
  timeline=$(control "Latest checkpoint's TimeLineID") lsn=$(control 'Latest checkpoint location')
  replayed=$(control 'Minimum recovery ending location') replayed_on=$(control "Min recovery ending loc's timeline")
  if is_standby; then
    echo role=replica
    [ "$replayed" = 0/0 ] || { lsn=$replayed timeline=$replayed_on; }
  else
    echo role=primary
    # A node that died right after its promotion knows its timeline by the history file alone.
    if [ -n "$newest" ]; then
      number=${newest##*/} number=$((0x${number%.history}))
      [ "$number" -le "$timeline" ] || timeline=$number
    fi
  fi
  case $(control 'Database cluster state') in 'shut down' | 'shut down in recovery') clean=1 ;; *) clean=0 ;; esac
  printf '%s\n' state=stopped "system_identifier=$(control 'Database system identifier')" "timeline=$timeline" "lsn=$lsn" "clean=$clean"
}

report() {
  newest=''
  for file in "$PGDATA"/pg_wal/*.history; do [ ! -f "$file" ] || newest=$file; done
  if [ "$newest" != "$last_history" ]; then
    if [ -n "$newest" ]; then put history <"$newest"; else rm -f "$run/history"; fi
    last_history=$newest
  fi
  role=primary allowed=0
  if is_standby; then role=replica; fi
  if [ -f "$home/init-allowed" ]; then allowed=1; fi
  if serves; then key="run $role $start_id $hba $roles"; elif alive "$engine"; then key="starting"; elif has_data; then key="data $role"; else key="empty $allowed"; fi
  [ "$key" != "$said" ] || return 0
  case $key in
    run*)
      printf '%s\n' state=running "role=$role" "start_id=$start_id" "hba=$hba"
      [ -z "$roles" ] || echo "roles=$roles"
      ;;
    starting) echo state=unknown ;;
    data*) stopped_facts ;;
    *) printf '%s\n' state=empty "init_allowed=$allowed" ;;
  esac | put facts
  said=$key
}

# Closing the door under running sessions would leave them inside: then the engine is stopped instead.
use_hba() {
  [ "$hba" != "$1" ] || [ "$reload" = 1 ] || return 0
  # A run of the old files may still be under way: the next one repeats what it did.
  reload=0 roles='' maker='' later=0
  if [ "$hba" = open ] && [ "$1" = closed ] && alive "$engine"; then stop_engine; return; fi
  put pg_hba.conf <"$conf/pg_hba.$1.conf"
  hba=$1
  if serves; then kill -HUP "$engine"; fi
}

# Roles and databases of the deployed files, on an open primary: at each start, after a promotion and at a reload. Nothing is ever dropped.
tend_roles() {
  [ -f "$conf/roles.sh" ] && [ "$hba" = open ] && serves || return 0
  if [ -n "$maker" ]; then
    alive "$maker" && return 0
    if wait "$maker"; then roles=made; else roles=missing later=100; say 'the roles could not be made'; fi
    maker=''
  elif [ "$later" -gt 0 ]; then later=$((later - 1))
  elif [ "$roles" != made ]; then
    [ -n "$roles" ] || roles=missing
    gosu postgres sh "$conf/roles.sh" >&2 &
    maker=$!
  fi
}

# Base backups carry the identity of the node they were taken from.
forget_identity() {
  auto=$PGDATA/postgresql.auto.conf
  [ -f "$auto" ] || return 0
  names='primary_conninfo|primary_slot_name|cluster_name|recovery_target[a-z_]*|restore_command|hba_file|ident_file'
  grep -Eqi "^ *($names) *=" "$auto" || return 0
  kept=$(grep -Eiv "^ *($names) *=" "$auto"); printf '%s\n' "$kept" >"$auto"
}

start_engine() { # primary | replica, host or -, port
  started_as=$1 upstream="$2 $3" roles='' maker='' later=0
  read -r start_id </proc/sys/kernel/random/uuid
  forget_identity
  conninfo="host=$2 port=$3 user=flotilla_replication passfile=$passfile application_name=$FLOTILLA_SERVER connect_timeout=5"
  say "starting as $1 of $2"
  set -- "$1" "$2" postgres -c "config_file=$conf/postgresql.conf" -c "hba_file=$run/pg_hba.conf" -c "ident_file=$PGDATA/pg_ident.conf" \
    -c "unix_socket_directories=/var/run/postgresql,$run" -c "cluster_name=$FLOTILLA_SERVER" -c recovery_target_timeline=latest -c wal_retrieve_retry_interval=1s
  if [ "$1" = replica ] && [ "$2" != - ]; then set -- "$@" -c "primary_slot_name=$slot" -c "primary_conninfo=$conninfo"; fi
  shift 2
  docker-entrypoint.sh "$@" &
  engine=$!
}

stop_engine() {
  alive "$engine" || return 0
  say 'stopping'
  signal=INT
  serves || signal=TERM
  kill -$signal "$engine"
  wait_end "$engine" "$grace" || { say 'stopping at once'; kill -QUIT "$engine"; wait_end "$engine" 10 || kill -KILL "$engine"; }
  wait "$engine"
  engine='' hba='' said=''
}

# The copy gets the name of the data only when it is whole and marked as a standby's.
tend_clone() { # host, port
  if [ -z "$clone" ]; then
    rm -rf "$draft"
    say "cloning from $1"
    PGPASSFILE=$passfile gosu postgres pg_basebackup -D "$draft" -h "$1" -p "$2" -U flotilla_replication -w -X stream -S "$slot" -c fast &
    clone=$!
  elif ! alive "$clone"; then
    stop_clone
    if [ "$copied" = 0 ]; then
      gosu postgres touch "$draft/standby.signal"
      [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
      sync
      mv "$draft" "$PGDATA" && sync && say 'cloned'
    else
      say "cloning failed with $copied"; told=''
      sleep 1
    fi
  fi
}

# A cluster whose making was interrupted holds nobody's data.
begin_cluster() {
  [ -f "$home/init-allowed" ] || { say 'the disk is empty and must not be initialised'; return; }
  use_hba closed
  : >"$home/initialising"; sync
  start_engine primary - 0
}

end_cluster() {
  [ -f "$home/initialising" ] && serves || return 0
  rm -f "$home/init-allowed" "$home/initialising"; sync
}

be_primary() { # start that may be open
  if alive "$engine"; then
    if [ -n "$1" ] && [ "$1" = "$start_id" ]; then use_hba open; tend_roles; elif [ "$started_as" = primary ]; then use_hba closed; else stop_engine; fi
  elif ! has_data; then begin_cluster
  elif is_standby; then say 'the data are a replica that was not promoted'
  else use_hba closed; start_engine primary - 0; fi
}

be_replica() { # host, port, checkpoint that the data of a former primary must end with
  if alive "$engine"; then
    [ "$started_as" = replica ] && [ "$upstream" = "$1 $2" ] && use_hba open || stop_engine
  elif ! has_data; then
    if [ "$1" != - ]; then tend_clone "$1" "$2"; fi
  elif is_standby; then use_hba open; start_engine replica "$1" "$2"
  else
    controldata=$(LC_ALL=C pg_controldata -D "$PGDATA")
    [ -n "$3" ] && [ "$(control 'Latest checkpoint location')" = "$3" ] && [ "$(control 'Database cluster state')" = 'shut down' ] || return 0
    say 'a former primary becomes a replica'
    gosu postgres touch "$PGDATA/standby.signal"; sync
  fi
}

set_aside() {
  read -r term <"$run/rejoin" || term=unknown
  if has_room "$PGDATA" 110; then put_aside "$PGDATA" "$home/pgdata.superseded-$term"; fi
  rm -f "$run/rejoin"; said=''
}

trap finish TERM INT
trap 'reload=1' HUP

chgrp postgres "$run" && chmod 1775 "$run"
chown postgres "$home" 2>/dev/null
password=$(sed 's/[\\:]/\\&/g' "$secrets/$FLOTILLA_SERVICE-replication")
(umask 077; printf '*:*:*:flotilla_replication:%s\n' "$password" >"$passfile") && chown postgres "$passfile"
rm -f "$run/rejoin.refused"
if [ -f "$home/initialising" ] && [ -e "$PGDATA" ]; then mv "$PGDATA" "$home/pgdata.half-made-$$" && rm -f "$home/initialising"; fi

while :; do
  kind=closed first='' second='' third=''
  if [ -f "$run/verdict" ]; then read -r kind first second third <"$run/verdict"; fi
  end_cluster
  case $kind in
    private) stop_clone; be_primary '' ;;
    open) stop_clone; be_primary "$second" ;;
    replica) be_replica "$first" "$second" "$third" ;;
    *) stop_clone; stop_engine ;;
  esac
  if [ -f "$run/rejoin" ] && has_data && [ -z "$engine" ]; then set_aside; fi
  end_with_engine
  report
  # Whoever waits for an opening or a close waits for this loop; a replica at peace is looked at less often.
  if [ "$kind" = replica ] && serves; then sleep 0.1; else sleep 0.05; fi
done
