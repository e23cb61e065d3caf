import { compareText, controlOf, DEFAULT_RTO_MS, isDatabase, votersOf } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import type { Fleet } from '../fleet.ts';
import { hostPort, joinLines } from '../text.ts';

type Redis = ServiceOfKind<'redis'>;

/** Port of a Sentinel inside its container. */
export const SENTINEL_PORT = 26_379;

/** From the moment at which the primary counts as down: the vote, the promotion, and the news of it. */
const PROMOTION_MS = 2_000;
/** Below this, a busy primary counts as dead. */
const SHORTEST_DETECTION_MS = 1_000;

/** Gives the servers of a Redis service that run a Sentinel; none where the guards decide. */
export function sentinelServers(fleet: Fleet, service: Redis): readonly string[] {
  if (!isDatabase(service) || controlOf(service) !== 'sentinel') return [];
  return [...new Set(votersOf(service))].filter((server) => fleet.hosts.has(server)).sort(compareText);
}

/** Gives the address of every Sentinel of a service, each `host:port`; sorted by server. */
export function sentinelAddresses(fleet: Fleet, service: Redis): readonly string[] {
  return sentinelServers(fleet, service).map((server) => hostPort(fleet.hosts.get(server) ?? '', service.sentinelPort));
}

/**
 * Gives the settings of a Sentinel, without what it learns itself. All timers follow from `rto`: a failover that got stuck is tried again
 * after twice `failover-timeout`. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export function sentinelConfig(title: string, name: string, service: Redis): string {
  const downAfterMs = Math.max(SHORTEST_DETECTION_MS, (service.rto ?? DEFAULT_RTO_MS.sentinel) - PROMOTION_MS);
  return joinLines([
    title,
    `port ${SENTINEL_PORT}`,
    'protected-mode no',
    'dir /data',
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} ${Math.max(15_000, 3 * downAfterMs)}`,
    `sentinel parallel-syncs ${name} 1`,
  ]);
}

/**
 * Starts a Sentinel on settings as rendered and on what it learned before: who it is, the epochs, the primary, replicas and Sentinels that
 * the environment still has. Sentinel rewrites its file itself; at each start it is put together anew, so that a changed setting holds.
 */
export const START_SENTINEL = `#!/bin/sh
set -eu
conf=/flotilla/current/sentinel.conf
state=/data/sentinel.conf
quoted=$(sed 's/[\\\\"]/\\\\&/g' "/secrets/$FLOTILLA_SERVICE-superuser")
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
  printf '%s\\n' "sentinel announce-ip $FLOTILLA_HOST" "sentinel announce-port $FLOTILLA_PORT" \\
    "sentinel auth-pass $FLOTILLA_SERVICE \\"$quoted\\"" "sentinel sentinel-user flotilla" "sentinel sentinel-pass \\"$quoted\\"" \\
    "user flotilla on \\">$quoted\\" ~* &* +@all" "user default $ASKING"
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
`;
