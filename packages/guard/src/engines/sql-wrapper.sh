# What the servers of the MySQL family share. Above stand `client`, `sockets`, `room`, `serve_closed` (becomes the engine) and `copy_from`
# (makes `draft` from another member). The engine always starts closed: read-only, for nobody but the guard, following nobody. The guard then
# tells it over its socket what it may be.
grace=${FLOTILLA_STOP_GRACE:-60}
home=/var/lib/mysql data=/var/lib/mysql/data draft=/var/lib/mysql/data.clone
socket=$run/mysqld.sock
mode='' roles='' maker='' due=1 later=0

has_data() { [ -d "$data/mysql" ] && [ ! -e "$home/initialising" ]; }

# The text of a file as a literal of SQL.
literal() { printf "'%s'" "$(sed "s/\\\\/\\\\\\\\/g; s/'/''/g" "$1")"; }
# Gives root's password to a client by a file that no process list shows.
as_root() { # arguments of the client
  options=$(mktemp) || return 1
  printf '[client]\nuser=root\npassword="%s"\n' "$(sed 's/\\/\\\\/g; s/"/\\"/g' "$secrets/$FLOTILLA_SERVICE-superuser")" >"$options"
  "$client" --defaults-extra-file="$options" --socket="$socket" "$@"; code=$?
  rm -f "$options"
  return $code
}

# Beside the wrapper itself: `reload` applies what a reload may change, where `name = value` is `SET GLOBAL name = value`, and has the wrapper
# look at the databases again; `ask` runs one statement as root and prints its rows.
case ${1:-} in
  reload)
    kill -HUP 1
    sed -n 's/^\([a-z_][a-z0-9_.]*\) = \(.*\)$/SET GLOBAL \1 = \2;/p' "$conf/reload.cnf" | as_root --force; exit ;;
  ask) as_root --skip-column-names --batch --execute="$2"; exit ;;
esac

report() {
  allowed=0
  if [ -f "$home/init-allowed" ]; then allowed=1; fi
  if [ "$mode" = serve ] && serves; then key="run $start_id $roles"; elif alive "$engine"; then key=starting
  elif has_data; then key=data; else key="empty $allowed"; fi
  [ "$key" != "$said" ] || return 0
  case $key in
    run*)
      printf '%s\n' state=running "start_id=$start_id"
      [ -z "$roles" ] || echo "roles=$roles"
      ;;
    starting) echo state=unknown ;;
    data) echo state=stopped ;;
    *) printf '%s\n' state=empty "init_allowed=$allowed" ;;
  esac | put facts
  said=$key
}

start_engine() {
  read -r start_id </proc/sys/kernel/random/uuid
  mode=serve
  say 'starting closed'
  serve_closed "$start_id" &
  engine=$!
}

# Whatever stands where the data belong and is none gives way.
clear_place() {
  [ -e "$data" ] && ! rmdir "$data" 2>/dev/null || return 0
  odd=$data.set-aside
  while [ -e "$odd" ]; do odd=$odd+; done
  mv "$data" "$odd"
}

# The image makes the data behind its local socket alone; a making that was interrupted holds nobody's data.
begin_data() {
  [ -f "$home/init-allowed" ] || { say 'the disk is empty and must not be initialised'; return; }
  clear_place || return
  : >"$home/initialising"; sync
  mode=init
  say 'making new data'
  docker-entrypoint.sh "$program" --defaults-file="$conf/my.cnf" --datadir="$data" --skip-networking &
  engine=$!
}

end_init() {
  [ "$mode" = init ] && serves && [ -d "$data/flotilla" ] || return 0
  stop_engine
  rm -f "$home/init-allowed" "$home/initialising"; sync
}

stop_engine() {
  alive "$engine" || return 0
  say 'stopping'
  kill "$engine"
  wait_end "$engine" "$grace" || kill -KILL "$engine"
  wait "$engine"
  engine='' mode='' said=''
}

# A commit that hangs keeps the engine from becoming read-only: what cannot be closed must end. Its log tells the truth at the next start.
kill_engine() {
  read -r wanted <"$run/kill" || wanted=''
  rm -f "$run/kill"
  [ -n "$wanted" ] && [ "$wanted" = "$start_id" ] && serves || return 0
  say 'ended at once: it could not be closed'
  kill -KILL "$engine"
}

# The copy gets the name of the data only when it is whole.
tend_clone() { # host, port
  if [ -z "$clone" ]; then
    say "cloning from $1"
    copy_from "$1" "$2" &
    clone=$!
  elif ! alive "$clone"; then
    stop_clone
    if [ "$copied" = 0 ]; then
      sync
      clear_place && mv "$draft" "$data" && sync && say 'cloned'
    else
      say "cloning failed with $copied"; told=''
      sleep 1
    fi
  fi
}

# Databases and owners of the deployed files, on an open primary: at each start, after a promotion and at a reload. Nothing is ever dropped,
# and nothing written where it is there. The engine itself says whether it is open; a run that waits for a replica ends with the engine.
tend_roles() {
  if [ -n "$maker" ]; then
    alive "$maker" && return 0
    wait "$maker"; made=$?
    maker='' roles=missing
    case $made in
      0) [ "$due" = 1 ] || roles=made ;;
      75) due=1 later=5 ;;
      *) due=1 later=50; say 'the databases could not be made' ;;
    esac
  fi
  if [ "$kind" != open ] || [ "$second" != "$start_id" ] || [ "$mode" != serve ] || ! serves; then roles='' due=1 later=0; return; fi
  [ -f "$conf/roles.sh" ] || return 0
  if [ "$later" -gt 0 ]; then later=$((later - 1))
  elif [ "$due" = 1 ]; then
    due=0 roles=missing
    sh "$conf/roles.sh" "$socket" >&2 &
    maker=$!
  fi
}

# Their binary logs go with them.
set_aside() {
  read -r term <"$run/rejoin" || term=unknown
  if has_room "$data" "$room"; then
    stop_engine
    put_aside "$data" "$data.superseded-$term"
  fi
  rm -f "$run/rejoin"; said=''
}

trap finish TERM INT
trap 'due=1 later=0' HUP

chgrp mysql "$run" && chmod 1775 "$run"
chown mysql "$home" 2>/dev/null
install -d -o mysql -g mysql -m 0755 "$sockets"
rm -f "$run/rejoin.refused" "$run/kill" "$socket" "$socket.lock"
if [ -f "$home/initialising" ]; then rm -rf "$data" && rm -f "$home/initialising"; fi

while :; do
  kind=closed first='' second=''
  if [ -f "$run/verdict" ]; then read -r kind first second _ <"$run/verdict"; fi
  # Under a consensus the guard says apart from the verdict what becomes of an empty disk.
  if [ "$kind" = yielded ] && [ -f "$run/order" ]; then read -r kind first second _ <"$run/order"; fi
  end_init
  if [ -f "$run/kill" ]; then kill_engine; fi
  if [ -f "$run/rejoin" ] && has_data; then set_aside; fi
  end_with_engine
  if [ -n "$engine" ]; then :
  elif has_data; then stop_clone; start_engine
  elif [ "$kind" = private ]; then stop_clone; begin_data
  elif [ "$kind" = replica ] && [ "$first" != - ]; then tend_clone "$first" "$second"
  else stop_clone
  fi
  tend_roles
  report
  sleep 0.1
done
