import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { EngineFacts } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import type { GuardedTarget } from '../observe.ts';
import type { Divergence, Export } from '../report.ts';
import type { EngineDriver, ExportRequest } from './driver.ts';

const TIMEOUT_MS = 15_000;
const LONG_TIMEOUT_MS = 10 * 60_000;

/** Redis dates no write. What its primary sent last came within a second of when the link was last heard, heartbeats included. */
const LAST_HEARD = `
REDISCLI_AUTH=$(cat "/secrets/$FLOTILLA_SERVICE-superuser") || exit 1
export REDISCLI_AUTH
info=$(timeout 5 redis-cli -s /run/flotilla/guard/redis.sock info replication | tr -d '\\r')
field() { printf '%s\\n' "$info" | sed -n "s/^$1://p"; }
[ "$(field role)" = slave ] || exit 0
ago=$(field master_last_io_seconds_ago)
[ "$(field master_link_status)" = up ] || ago=$(field master_link_down_since_seconds)
case $ago in '' | -*) exit 0 ;; esac
date -u -d "@$(($(date +%s) - ago - 1))" +%Y-%m-%dT%H:%M:%SZ
`;

async function lastHeard(remote: RemoteServer, target: GuardedTarget): Promise<string | undefined> {
  const result = await inEngine(remote, target, { argv: remoteScript(LAST_HEARD, []) });
  const answer = printable(result.stdout.trim());
  return result.exitCode === 0 && answer !== '' ? answer : undefined;
}

type InEngine = { readonly argv: readonly string[]; readonly timeoutMs?: number };

function inEngine(remote: RemoteServer, target: GuardedTarget, { argv, timeoutMs = TIMEOUT_MS }: InEngine) {
  return remote.run({ argv: ['docker', 'exec', engineContainer(target), ...argv], timeoutMs });
}

/**
 * $1 kept folder. The last log holds the end of what was written; the kept position says how many bytes of the stream to replicas lie after
 * $3 in history $2. Heartbeats are in the stream and not in the log, so that many bytes of the log hold all of it, and perhaps more.
 */
const TAIL = `
log=$(ls "$1"/appendonlydir/*.incr.aof 2>/dev/null | sort -V | tail -n 1)
[ -n "$log" ] || exit 0
bytes=
if [ -f "$1/position" ]; then
  read -r id offset <"$1/position"
  if [ "$id" = "$2" ]; then bytes=$((offset - $3)); fi
fi
case $bytes in
  '') cat "$log" ;;
  -* | 0) : ;;
  *) tail -c "$bytes" "$log" ;;
esac
`;

/** The newest folder of the term; where no guard counts terms, that of the epoch in which the Sentinels named the primary. Prints its count, and it. */
const COUNT = `
term=$4
if [ "$term" = - ]; then
  for one in $FLOTILLA_SENTINELS; do
    term=$(timeout 2 redis-cli -h "\${one%:*}" -p "\${one##*:}" sentinel master "$FLOTILLA_SERVICE" 2>/dev/null | sed -n '/^config-epoch$/{n;p;}')
    [ -z "$term" ] || break
  done
fi
kept=$(ls -d "/data/db.superseded-$term" "/data/db.superseded-$term+"* 2>/dev/null | sort -V | tail -n 1)
[ -n "$kept" ] || exit 0
count=$(sh -c "$1" tail "$kept" "$2" "$3" | LC_ALL=C awk '
  /^\\*[0-9]+\\r?$/ {
    if ((getline size) <= 0 || (getline name) <= 0) next
    sub(/\\r$/, "", name); name = toupper(name)
    if (name == "SELECT") next
    if (name == "EXEC") { inside = 0; next }
    if (!inside) count++
    if (name == "MULTI") inside = 1
  }
  END { print count + 0 }')
echo "$count $kept"
`;

/** Where the primary's history left the one that it has in common with who was superseded. */
function forkOf({ position }: EngineFacts): readonly [id: string, offset: string] {
  if (position?.kind !== 'offset') return ['-', '0'];
  return [position.formerId ?? position.id, position.formerOffset ?? position.offset];
}

/** Counts the writes in the newest data that were kept aside, `term` or no; `undefined` when none were. */
export async function countKept(
  remote: RemoteServer,
  target: GuardedTarget,
  { primary, term }: { readonly primary: EngineFacts; readonly term?: number },
): Promise<Divergence | undefined> {
  const args = [TAIL, ...forkOf(primary), term === undefined ? '-' : String(term)];
  const result = await inEngine(remote, target, { argv: remoteScript(COUNT, args), timeoutMs: LONG_TIMEOUT_MS });
  const [commits, keptIn] = result.stdout.trim().split(' ');
  if (result.exitCode !== 0 || commits === undefined || keptIn === undefined) return undefined;
  return { server: remote.name, commits: Number(commits), isAtMost: true, keptIn };
}

/** $1 container, $2 file, $3 kept folder. */
const EXPORT = `set -eu
trap 'rm -f "$2.new"' EXIT
docker exec "$1" sh -c 'set -e; cd "$1"; tar -czf - .' export "$3" >"$2.new"
mv "$2.new" "$2"
stat -c %s "$2"
`;

async function exportKept(remote: RemoteServer, target: GuardedTarget, request: ExportRequest): Promise<Export> {
  const { divergence, folder } = request;
  const path = `${folder}/${divergence.keptIn.split('/').at(-1) ?? 'kept'}.tar.gz`;
  const args = [engineContainer(target), path, divergence.keptIn];
  const result = await remote.run({ argv: remoteScript(EXPORT, args), timeoutMs: LONG_TIMEOUT_MS });
  if (result.exitCode !== 0) {
    const detail = printable(result.stderr.trim().split('\n').at(-1) ?? '');
    throw new FlotillaError('FAILOVER_EXPORT_FAILED', { service: target.service, server: remote.name, detail });
  }
  const content = `all that ${remote.name} held when it was superseded: redis-server --dir FOLDER --appendonly yes reads it, and its last *.incr.aof ends with the commands that only it had`;
  return { path, sizeBytes: Number(result.stdout.trim()), content };
}

/** Redis as its own tools tell it: redis-cli and the log of commands. */
export const redisDriver: EngineDriver = {
  // It lies still in an instant.
  prepareHandOver: () => Promise.resolve(),
  lastApplied: lastHeard,
  countDivergence: countKept,
  exportDivergence: exportKept,
};
