/*
 * The lock is a folder made by mkdir, beside a counter that only grows. Every change happens under flock(1) on a file
 * next to it, because taking over an expired lock is a check and a change in one. Times are the server's own clock, in
 * seconds: no clock of a client decides.
 *
 *   <lock>/owner.json  who, why, since when      <lock>/expires   epoch seconds
 *   <lock>/kind        deploy or failover        <lock>/token     fencing token
 *   <lock>.token       last token given          <lock>.preempted "<token> <owner.json of the new holder>"
 */

const MUTEX = `set -eu
lock=$1
mkdir -p "$(dirname "$lock")"
exec 9>"$lock.mutex"
flock -w 10 9 || { echo 'the lock file is busy' >&2; exit 75; }
now=$(date +%s)
`;

/** $2 kind, $3 time to live in seconds, $4 owner as one line of JSON. Prints `taken TOKEN` or `held` and the owner. */
export const ACQUIRE_LOCK = `${MUTEX}
kind=$2 ttl=$3 owner=$4
if [ -d "$lock" ]; then
  expires=$(cat "$lock/expires" 2>/dev/null || echo 0)
  held=$(cat "$lock/kind" 2>/dev/null || echo none)
  if [ "$expires" -gt "$now" ]; then
    if [ "$kind" != failover ] || [ "$held" != deploy ]; then
      echo held
      cat "$lock/owner.json"
      exit 0
    fi
    printf '%s %s\\n' "$(cat "$lock/token")" "$owner" >"$lock.preempted"
  fi
  rm -rf "$lock"
fi
token=$(( $(cat "$lock.token" 2>/dev/null || echo 0) + 1 ))
echo "$token" >"$lock.token.new"
sync "$lock.token.new"
mv "$lock.token.new" "$lock.token"
mkdir "$lock"
echo "$token" >"$lock/token"
echo "$kind" >"$lock/kind"
printf '%s\\n' "$owner" >"$lock/owner.json"
echo $(( now + ttl )) >"$lock/expires"
echo "taken $token"
`;

/** $2 token, $3 time to live. Prints `kept`, or `preempted` and the new owner, or `lost`. */
export const KEEP_LOCK = `${MUTEX}
token=$2 ttl=$3
if [ "$(cat "$lock/token" 2>/dev/null || echo none)" = "$token" ]; then
  echo $(( now + ttl )) >"$lock/expires.new"
  mv "$lock/expires.new" "$lock/expires"
  echo kept
elif [ -f "$lock.preempted" ] && read -r old owner <"$lock.preempted" && [ "$old" = "$token" ]; then
  echo preempted
  printf '%s\\n' "$owner"
else
  echo lost
fi
`;

/** $2 token. Removes the lock when it is still ours. */
export const RELEASE_LOCK = `${MUTEX}
if [ "$(cat "$lock/token" 2>/dev/null || echo none)" = "$2" ]; then rm -rf "$lock"; fi
`;

/** Removes the lock, whoever holds it, and prints its owner when there was one. */
export const BREAK_LOCK = `${MUTEX}
if [ -d "$lock" ]; then
  cat "$lock/owner.json" 2>/dev/null || true
  rm -rf "$lock"
fi
`;

/** Gives the shell line that ends a script with code 76 unless `token` still holds the lock; for steps that must not act after a takeover. */
export const FENCED = `fenced() { [ "$(cat "$1/token" 2>/dev/null || echo none)" = "$2" ] || { echo 'the lock was taken over' >&2; exit 76; }; }
`;
