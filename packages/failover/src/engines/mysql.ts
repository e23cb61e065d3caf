import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { countGtids, subtractGtids } from '@flotilla/model';
import type { EngineFacts } from '@flotilla/model';

import type { GuardedTarget } from '../observe.ts';
import type { Divergence, Export } from '../report.ts';
import type { EngineDriver, ExportRequest } from './driver.ts';
import { ask, exportFailed, exportPath, exportTo, findKept, inContainer, listLogs } from './mysql-binlogs.ts';
import type { LogReading } from './mysql-binlogs.ts';

/** The newest commit of the old primary, by its own clock, that this replica has applied. */
const LAST_APPLIED = `SELECT DATE_FORMAT(CONVERT_TZ(MAX(last_applied_transaction_original_commit_timestamp), @@session.time_zone, '+00:00'),
  '%Y-%m-%dT%H:%i:%s.%fZ') FROM performance_schema.replication_applier_status_by_worker
  WHERE last_applied_transaction_original_commit_timestamp > 0`;

async function lastApplied(remote: RemoteServer, target: GuardedTarget): Promise<string | undefined> {
  const answer = printable((await ask(remote, target, LAST_APPLIED))?.trim() ?? '');
  if (!/^\d{4}-/.test(answer)) return undefined;
  return new Date(answer).toISOString();
}

/** Prints a line for each binary log of a folder ($1), newest first: its name, and the set of transactions that were written before it began. */
const LIST_LOGS = `
for log in $(ls "$1" | grep -E '^binlog\\.[0-9]+$' | sort -r); do
  before=$(mysqlbinlog --no-defaults --base64-output=DECODE-ROWS --stop-position=200 "$1/$log" 2>/dev/null |
    sed -n '/Previous-GTIDs/,/^# at/{/^# [0-9a-f-]*:/{s/^# //;p;}}' | tr -d '\\n')
  echo "$log $before"
done
`;

function reading(known: string): LogReading {
  return { list: LIST_LOGS, isKnown: (before) => subtractGtids(before, known) === '' };
}

/** Prints the number of each transaction in the logs of a folder ($1, names from $3) that is not in a set ($2). */
const LIST_GTIDS = `
cd "$1" || exit 1
known=$2
shift 2
mysqlbinlog --no-defaults --base64-output=DECODE-ROWS --exclude-gtids="$known" "$@" |
  sed -n "s/^SET @@SESSION.GTID_NEXT= '\\([0-9a-f-]*:[^']*\\)'.*/\\1/p"
`;

/** The transactions in the kept binary logs that the new primary never had. */
async function countDivergence(
  remote: RemoteServer,
  target: GuardedTarget,
  { primary, term }: { readonly primary: EngineFacts; readonly term: number },
): Promise<Divergence | undefined> {
  if (primary.position?.kind !== 'gtid-set') return undefined;
  const known = primary.position.executed;
  const keptIn = await findKept(remote, target, term);
  if (keptIn === undefined) return undefined;
  const names = await listLogs(remote, target, { folder: keptIn, ...reading(known) });
  const listed = await inContainer(remote, target, remoteScript(LIST_GTIDS, [keptIn, known, ...names]));
  if (listed === undefined || names.length === 0) return undefined;
  const divergent = subtractGtids(listed.trim().split('\n').join(','), known);
  return { server: remote.name, commits: Number(countGtids(divergent)), keptIn };
}

/** Inside the container: $1 kept folder, $2 transactions to leave out, then the logs. Prints compressed SQL. */
const PRINT = `set -euo pipefail
cd "$1"
known=$2
shift 2
mysqlbinlog --no-defaults --verbose --skip-gtids --exclude-gtids="$known" "$@" | gzip -c
`;

/** The transactions that only a superseded member had, as SQL from its kept binary logs; the rows stand in it for people too, as comments. */
async function exportDivergence(remote: RemoteServer, target: GuardedTarget, request: ExportRequest): Promise<Export> {
  const { divergence } = request;
  // It follows the new primary, and has of its own past what they share.
  const known = (await ask(remote, target, "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '')"))?.trim();
  if (known === undefined) throw exportFailed(remote, target, 'the engine does not answer');
  const logs = await listLogs(remote, target, { folder: divergence.keptIn, ...reading(known) });
  if (logs.length === 0) throw exportFailed(remote, target, `no binary log in ${divergence.keptIn}`);
  const path = exportPath(request);
  const sizeBytes = await exportTo(remote, target, { path, script: PRINT, args: [divergence.keptIn, known, ...logs] });
  const content = `the ${divergence.commits} transactions that only ${remote.name} had, as SQL: gunzip -c FILE | mysql`;
  return { path, sizeBytes, content };
}

/** MySQL as its own tools tell it: mysql, mysqlbinlog. */
export const mysqlDriver: EngineDriver = {
  // Nothing that is waited for grows with what stands in memory: a close leaves the engine running.
  prepareHandOver: () => Promise.resolve(),
  lastApplied,
  countDivergence,
  exportDivergence,
};
