import type { EdgeEntry } from '../observe/observation.ts';

/** Port of HAProxy's runtime interface, bound to the loopback address of the edge's server. */
export const RUNTIME_PORT = 9999;

/** Gives the entries in the answer to `show servers state`; empty for anything else. */
export function parseEdgeState(text: string): readonly EdgeEntry[] {
  const lines = text.split('\n');
  const columns = (lines.find((line) => line.startsWith('# ')) ?? '').slice(2).trim().split(/\s+/);
  const column = (name: string) => columns.indexOf(name);
  const [backend, entry, admin] = [column('be_name'), column('srv_name'), column('srv_admin_state')];
  if (backend === -1 || entry === -1 || admin === -1) return [];
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === columns.length && !fields[0]?.startsWith('#'))
    .map((fields) => ({
      backend: fields[backend] ?? '',
      entry: fields[entry] ?? '',
      isMaintained: (Number(fields[admin]) & FORCED_MAINTENANCE) !== 0,
    }));
}

/** Bit of `srv_admin_state` that an order over the runtime interface sets (HAProxy management guide, "show servers state"). */
const FORCED_MAINTENANCE = 1;

/*
 * $1 port, $2 seconds to wait, then `backend/entry` words. `maint`, not `drain`: an entry in drain still gets the requests that
 * a cookie binds to it, one in maint does not. `srv` of `show stat`: column 5 scur, 18 status, 37 check_status (empty without checks).
 */
const RUNTIME = `port=$1 wait=$2
shift 2
runtime() { timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && printf "%s\\n" "$1" >&3 && cat <&3' "$port" "$1"; }
column() { runtime 'show stat -1 4 -1' | awk -F, -v be="\${1%%/*}" -v srv="\${1#*/}" -v n="$2" '$1 == be && $2 == srv { print $n }'; }
order() {
  answer=$(runtime "$2" 2>/dev/null) || { echo "absent $1"; return 1; }
  case $answer in
    *'No such'*) echo "absent $1"; return 1 ;;
    *[!' ']*) echo "$1: $answer" >&2; exit 1 ;;
  esac
}
await_up() {
  while status=$(column "$1" 18); case $status in UP* | 'no check') false ;; esac; do
    [ "$(date +%s)" -lt "$ends" ] || { echo "down $1 $status"; break; }
    sleep 0.2
  done
}
ends=$(( $(date +%s) + wait ))
`;

/**
 * Takes entries out of rotation and waits until none has a session. Prints `busy ENTRY SESSIONS` for one that still has some, and
 * `absent ENTRY` for one that no balancer here knows.
 */
export const DRAIN = `${RUNTIME}
for entry in "$@"; do order "$entry" "set server $entry state maint" || true; done
for entry in "$@"; do
  while sessions=$(column "$entry" 5); [ "\${sessions:-0}" != 0 ]; do
    [ "$(date +%s)" -lt "$ends" ] || { echo "busy $entry $sessions"; break; }
    sleep 0.2
  done
done
`;

/**
 * Puts entries back that are known to be well, and waits until the balancer calls each of them up, which it does at once. Prints
 * `down ENTRY STATUS` for one that it does not.
 */
export const UNDRAIN = `${RUNTIME}
for entry in "$@"; do
  order "$entry" "set server $entry state ready" || continue
  await_up "$entry"
done
`;

/**
 * Puts entries back of which nobody knows whether they are well: they count as down until the balancer's own checks call them up.
 * An entry that is in rotation stays as it is. Prints as UNDRAIN does.
 */
export const UNDRAIN_ON_TRIAL = `${RUNTIME}
for entry in "$@"; do
  case $(column "$entry" 18) in MAINT)
    orders="set server $entry state ready"
    [ -z "$(column "$entry" 37)" ] || orders="$orders; set server $entry health down"
    order "$entry" "$orders" || continue ;;
  esac
  await_up "$entry"
done
`;
