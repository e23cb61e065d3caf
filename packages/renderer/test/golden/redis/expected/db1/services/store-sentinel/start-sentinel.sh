#!/bin/sh
set -eu
conf=/flotilla/current/sentinel.conf
state=/data/sentinel.conf
quoted=$(sed 's/[\\"]/\\&/g' "/secrets/$FLOTILLA_SERVICE-superuser")
# Whoever reaches the port may ask who is primary; all else takes the password.
ASKING='on nopass ~* &* -@all +@connection -client|kill -client|pause +sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters'
ASKING="$ASKING +sentinel|replicas +sentinel|slaves +sentinel|sentinels +sentinel|myid +subscribe +psubscribe +unsubscribe +punsubscribe +info +role +command"
umask 077
known=$state
[ -f "$state" ] || known=/dev/null
{
  awk -v name="$FLOTILLA_SERVICE" -v members=" $FLOTILLA_MEMBERS " -v seed="$FLOTILLA_PRIMARY" -v quorum="$FLOTILLA_QUORUM" '
    $1 == "sentinel" && $2 == "monitor" && $3 == name && index(members, " " $4 ":" $5 " ") { seed = $4 " " $5 }
    END { print "sentinel monitor " name " " seed " " quorum }' "$known"
  cat "$conf"
  printf '%s\n' "sentinel announce-ip $FLOTILLA_HOST" "sentinel announce-port $FLOTILLA_PORT" \
    "sentinel auth-pass $FLOTILLA_SERVICE \"$quoted\"" "sentinel sentinel-user flotilla" "sentinel sentinel-pass \"$quoted\"" \
    "user flotilla on \">$quoted\" ~* &* +@all" "user default $ASKING"
  awk -v name="$FLOTILLA_SERVICE" -v members=" $FLOTILLA_MEMBERS " -v peers=" $FLOTILLA_SENTINELS " '
    $1 != "sentinel" { next }
    $2 == "myid" || $2 == "current-epoch" { print }
    $3 != name { next }
    $2 == "config-epoch" || $2 == "leader-epoch" { print }
    ($2 == "known-replica" || $2 == "known-slave") && index(members, " " $4 ":" $5 " ") { print }
    $2 == "known-sentinel" && index(peers, " " $4 ":" $5 " ") { print }' "$known"
} >"$state.new"
sync "$state.new"
mv "$state.new" "$state"
exec docker-entrypoint.sh redis-server "$state" --sentinel
