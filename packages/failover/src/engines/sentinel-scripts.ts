/**
 * Run inside the container of a member, with `$1` the address of the new primary. Functions of all that follows: one Sentinel leads; it is
 * steered to choose `$1` by a priority that it must have seen first; it fails over; a majority must name the new primary then.
 */
const COMMON = `set -u
REDISCLI_AUTH=$(cat "/secrets/$FLOTILLA_SERVICE-superuser") || exit 1
export REDISCLI_AUTH
name=$FLOTILLA_SERVICE port=\${FLOTILLA_ADDRESS##* } to=$1 leader=
own() { timeout 3 redis-cli -s /run/flotilla/guard/redis.sock "$@"; }
target() { timeout 3 redis-cli -h "$to" -p "$port" "$@"; }
ask() { sentinel=$1; shift; timeout 2 redis-cli --user flotilla -h "\${sentinel%:*}" -p "\${sentinel##*:}" "$@" 2>/dev/null; }
code=1
fail() { echo "$*" >&2; exit "$code"; }
names_target() { [ "$(ask "$1" sentinel get-master-addr-by-name "$name" | tr '\\n' ' ')" = "$to $port " ]; }
is_named() {
  votes=0 all=0
  for one in $FLOTILLA_SENTINELS; do all=$((all + 1)); if names_target "$one"; then votes=$((votes + 1)); fi; done
  [ $((votes * 2)) -gt "$all" ]
}
sees_priority() {
  ask "$leader" sentinel replicas "$name" | awk -v host="$to" -v port="$port" '
    last == "ip" { ip = $0 } last == "port" { own = $0 } last == "slave-priority" && $0 == 1 && ip == host && own == port { found = 1 }
    { last = $0 } END { exit !found }'
}
let_go() { target config set replica-priority 100 >/dev/null; ask "$leader" sentinel debug info-period 10000 >/dev/null; }
steer() {
  for one in $FLOTILLA_SENTINELS; do
    if [ -n "$(ask "$one" sentinel get-master-addr-by-name "$name")" ]; then leader=$one; break; fi
  done
  [ -n "$leader" ] || fail 'no Sentinel answers'
  trap let_go EXIT
  [ "$(target config set replica-priority 1)" = OK ] || fail "$to does not answer"
  ask "$leader" sentinel debug info-period 100 >/dev/null
  left=120
  until sees_priority; do [ $((left -= 1)) -gt 0 ] || fail "the Sentinel $leader does not see $to as a replica"; sleep 0.1; done
}
adopt() {
  left=100 answer=
  until is_named; do
    answer=$(ask "$leader" sentinel failover "$name")
    [ $((left -= 1)) -gt 0 ] || fail "the Sentinels do not name $to: $answer"
    sleep 0.1
  done
}
`;

/**
 * On the old primary. A plain SENTINEL FAILOVER lets clients go on writing to the old one, and FAILOVER waits for acknowledgements that a replica
 * sends once a second. So writes are held back until the replica has all of them, and the two are turned around; the Sentinels then find their
 * choice made. Should this end in between, the old one goes on by itself when the pause ends, and the Sentinels make the other a replica again.
 * Prints how many hundredths of a second ago the old one stopped, and for how many it had held writes back; ends with 3 when it is primary as before.
 */
export const HAND_OVER = `${COMMON}
hundredths() { read -r up _ </proc/uptime; echo "$up" | tr -d .; }
offset() { tr -d '\\r' | sed -n "s/^$1:\\([0-9]*\\)$/\\1/p"; }
take_back() { own client unpause >/dev/null; fail "$*"; }
code=3
steer
[ "$(own role | head -n 1)" = master ] || fail 'it is no primary'
before=$(hundredths)
[ "$(own client pause 10000 write)" = OK ] || fail 'it does not answer'
end=$(own info replication | offset master_repl_offset)
# Heartbeats go on meanwhile, so that it may already be further.
while reached=$(target info replication | offset slave_repl_offset); [ "\${reached:-0}" -lt "$end" ]; do
  [ $(($(hundredths) - before)) -lt 500 ] || take_back "$to did not catch up within 5 s"
done
[ "$(target replicaof no one)" = OK ] || take_back "$to does not answer"
code=1
printf '%s\\n' MULTI "REPLICAOF $to $port" 'CLIENT KILL TYPE normal SKIPME yes' 'CLIENT UNPAUSE' EXEC | own >/dev/null
proved=$(hundredths)
[ "$(own role | head -n 1)" = slave ] || fail 'the old primary did not become a replica'
adopt
echo "$(($(hundredths) - proved)) $((proved - before))"
`;

/** On the new primary, when the old one is out: the Sentinels need not wait until they count it as down. */
export const REPLACE = `${COMMON}
if ! is_named; then steer; adopt; fi
left=50
until [ "$(own role | head -n 1)" = master ]; do [ $((left -= 1)) -gt 0 ] || fail "$to is no primary"; sleep 0.1; done
`;
