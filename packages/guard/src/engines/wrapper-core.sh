#!/bin/sh
# Runs the database engine of this server under the guard; see packages/guard/README.md for every file and variable. Nothing here decides who
# is primary, and no data is ever removed: it is renamed. What every kind of engine shares comes first; the kind's own part sets `program`, the
# name of the engine's process, and has `report` (writes the facts when they changed) and `stop_engine`.
set -u
run=${FLOTILLA_RUN:-/run/flotilla/guard}
conf=${FLOTILLA_CONF:-/flotilla/current}
secrets=${FLOTILLA_SECRETS:-/secrets}
engine='' start_id='' clone='' said='' told='' ended=''

say() { [ "$*" = "$told" ] || printf '{"from":"wrapper","service":"%s","message":"%s"}\n' "$FLOTILLA_SERVICE" "$*" >&2; told=$*; }
put() { cat >"$run/$1.new" && mv "$run/$1.new" "$run/$1"; }

# A child that ended stays visible until it is waited for; the third field of its stat tells.
alive() { [ -n "$1" ] && read -r _ _ phase _ 2>/dev/null <"/proc/$1/stat" && [ "$phase" != Z ]; }
# The entrypoint becomes the server itself, once new data are complete.
serves() { alive "$engine" && read -r name 2>/dev/null <"/proc/$engine/comm" && [ "$name" = "$program" ]; }

wait_end() { # process, seconds
  left=$(($2 * 50))
  while alive "$1" && [ "$left" -gt 0 ]; do sleep 0.02; left=$((left - 1)); done
  ! alive "$1"
}

stop_clone() {
  [ -n "$clone" ] || return 0
  if alive "$clone"; then kill "$clone"; fi
  wait "$clone"; copied=$?
  clone=''
}

has_room() { # data, percent of their size that must be free
  need=$(($(du -sk "$1" | cut -f1) * $2 / 100)) free=$(df -Pk "$(dirname "$1")" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p')
  [ "$free" -lt "$need" ] || return 0
  say "rejoin refused: $need KiB needed, $free KiB free"
  echo "$need KiB needed, $free KiB free" | put rejoin.refused
  return 1
}

# Superseded data are kept in full beside the new copy, for as long as a person wants.
put_aside() { # data, name to keep them under
  kept=$2
  while [ -e "$kept" ]; do kept=$kept+; done
  mv "$1" "$kept" && sync && say "data kept in $kept"
}

# An engine that ended by itself takes the container with it: Docker starts both anew.
end_with_engine() {
  [ -n "$engine" ] && ! alive "$engine" || return 0
  wait "$engine"; ended=$?
  engine='' said=''
  report
  say "the engine ended with $ended"
  exit 1
}

finish() { trap '' TERM INT; stop_clone; stop_engine; report; exit 0; }

