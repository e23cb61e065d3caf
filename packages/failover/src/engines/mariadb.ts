import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { countMissing, holds } from '@flotilla/model';
import type { EngineFacts, EnginePosition } from '@flotilla/model';

import type { GuardedTarget } from '../observe.ts';
import type { Divergence, Export } from '../report.ts';
import type { EngineDriver, ExportRequest } from './driver.ts';
import { ask, exportFailed, exportPath, exportTo, findKept, inContainer, listLogs } from './mysql-binlogs.ts';
import type { LogReading } from './mysql-binlogs.ts';

/** MariaDB tells this from 11.6 on, in whole seconds. */
const LAST_APPLIED = `SELECT DATE_FORMAT(CONVERT_TZ(Slave_last_event_time, @@session.time_zone, '+00:00'), '%Y-%m-%dT%H:%i:%sZ')
  FROM information_schema.SLAVE_STATUS WHERE Connection_name = ''`;

async function lastApplied(remote: RemoteServer, target: GuardedTarget): Promise<string | undefined> {
  const answer = printable((await ask(remote, target, LAST_APPLIED))?.trim() ?? '');
  return /^\d{4}-/.test(answer) ? answer : undefined;
}

/** Prints a line for each binary log of a folder ($1), newest first: its name, and the last number of each server before it began. */
const LIST_LOGS = `
for log in $(ls "$1" | grep -E '^binlog\\.[0-9]+$' | sort -r); do
  before=$(mariadb-binlog --no-defaults --base64-output=DECODE-ROWS --stop-position=300 "$1/$log" 2>/dev/null |
    sed -n '/Gtid list/,/^# at/p' | grep -oE '[0-9]+-[0-9]+-[0-9]+' | paste -sd, -)
  echo "$log $before"
done
`;

/** Prints the number of each transaction in the logs of a folder ($1, names from $2). */
const LIST_GTIDS = `
cd "$1" || exit 1
shift
mariadb-binlog --no-defaults --base64-output=DECODE-ROWS "$@" | sed -n 's/^#.*\\tGTID \\([0-9]*-[0-9]*-[0-9]*\\).*/\\1/p'
`;

function reading(known: EnginePosition): LogReading {
  return { list: LIST_LOGS, isKnown: (before) => holds(known, listOf(before)) === true };
}

function listOf(executed: string): EnginePosition {
  return { kind: 'gtid-list', executed };
}

/** The transactions of the kept logs, and which of them are not known. */
type Kept = {
  readonly logs: readonly string[];
  readonly known: readonly string[];
  readonly divergent: readonly string[];
};

async function readKept(
  remote: RemoteServer,
  target: GuardedTarget,
  { folder, known }: { readonly folder: string; readonly known: EnginePosition },
): Promise<Kept | undefined> {
  const logs = await listLogs(remote, target, { folder, ...reading(known) });
  const listed =
    logs.length === 0 ? undefined : await inContainer(remote, target, remoteScript(LIST_GTIDS, [folder, ...logs]));
  if (listed === undefined) return undefined;
  const all = listed.split('\n').filter((gtid) => gtid !== '');
  const isNew = (gtid: string) => (countMissing(listOf(gtid), known) ?? 0n) > 0n;
  return { logs, known: all.filter((gtid) => !isNew(gtid)), divergent: all.filter(isNew) };
}

/** The transactions in the kept binary logs that the new primary never had. */
async function countDivergence(
  remote: RemoteServer,
  target: GuardedTarget,
  { primary, term }: { readonly primary: EngineFacts; readonly term: number },
): Promise<Divergence | undefined> {
  if (primary.position?.kind !== 'gtid-list') return undefined;
  const keptIn = await findKept(remote, target, term);
  if (keptIn === undefined) return undefined;
  const kept = await readKept(remote, target, { folder: keptIn, known: primary.position });
  return kept === undefined ? undefined : { server: remote.name, commits: kept.divergent.length, keptIn };
}

/** Inside the container: $1 kept folder, $2 the last shared transaction or nothing, then the logs. Prints compressed SQL. */
const PRINT = `set -euo pipefail
cd "$1"
from=$2
shift 2
mariadb-binlog --no-defaults --verbose \${from:+--start-position="$from"} "$@" | gzip -c
`;

/** The transactions that only a superseded member had, as SQL from its kept binary logs; the rows stand in it for people too, as comments. */
async function exportDivergence(remote: RemoteServer, target: GuardedTarget, request: ExportRequest): Promise<Export> {
  const { divergence } = request;
  // It follows the new primary, and has of its own past what they share.
  const known = (await ask(remote, target, 'SELECT @@GLOBAL.gtid_binlog_state'))?.trim();
  if (known === undefined) throw exportFailed(remote, target, 'the engine does not answer');
  const kept = await readKept(remote, target, { folder: divergence.keptIn, known: listOf(known) });
  if (kept === undefined) throw exportFailed(remote, target, `no binary log in ${divergence.keptIn}`);
  const path = exportPath(request);
  const args = [divergence.keptIn, kept.known.at(-1) ?? '', ...kept.logs];
  const sizeBytes = await exportTo(remote, target, { path, script: PRINT, args });
  const content = `the ${divergence.commits} transactions that only ${remote.name} had, as SQL: gunzip -c FILE | mariadb`;
  return { path, sizeBytes, content };
}

/** MariaDB as its own tools tell it: mariadb, mariadb-binlog. */
export const mariadbDriver: EngineDriver = {
  // Nothing that is waited for grows with what stands in memory: a close leaves the engine running.
  prepareHandOver: () => Promise.resolve(),
  lastApplied,
  countDivergence,
  exportDivergence,
};
