import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import type { EngineFacts } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import type { GuardedTarget } from '../observe.ts';
import { formatLsn } from '../policy/position.ts';
import type { Divergence } from '../report.ts';
import type { EngineDriver } from './driver.ts';
import { exportPostgres } from './postgres-export.ts';

/** A checkpoint before the stop shortens it. */
async function checkpoint(remote: RemoteServer, target: GuardedTarget): Promise<void> {
  await psql(remote, target, 'CHECKPOINT');
}

async function lastReplayedCommit(remote: RemoteServer, target: GuardedTarget): Promise<string | undefined> {
  const sql = `SELECT to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const answer = await psql(remote, target, sql);
  return answer === undefined || answer === '' ? undefined : answer;
}

async function psql(remote: RemoteServer, target: GuardedTarget, sql: string): Promise<string | undefined> {
  const psqlArguments = ['psql', '-h', '/run/flotilla/guard', '-U', 'postgres', '-XAt', '-c', sql];
  const result = await remote.run({
    argv: ['docker', 'exec', '-u', 'postgres', engineContainer(target), ...psqlArguments],
    timeoutMs: 15_000,
  });
  return result.exitCode === 0 ? printable(result.stdout.trim()) : undefined;
}

/** The reader ends with an error at the end of every log; only its records count. */
const COUNT_COMMITS = `
kept=$(ls -d "/var/lib/postgresql/data/pgdata.superseded-$3"* 2>/dev/null | sort -V | tail -n 1)
[ -n "$kept" ] || { echo none; exit 0; }
dir=$(mktemp -d) || exit 1
pg_waldump -p "$kept/pg_wal" -t "$1" -s "$2" -r Transaction > "$dir/records" 2> "$dir/errors"
if [ ! -s "$dir/records" ] && ! grep -qiE 'invalid record length|could not find a valid record|record with' "$dir/errors"; then
  cat "$dir/errors" >&2; exit 1
fi
printf '%s %s\\n' "$(grep -c 'desc: COMMIT' "$dir/records")" "$kept"
rm -r "$dir"
`;

/** The commits that a member made on its old timeline after the fork, in the data that were kept aside when it rejoined. */
async function countDivergence(
  remote: RemoteServer,
  target: GuardedTarget,
  { primary, term }: { readonly primary: EngineFacts; readonly term: number },
): Promise<Divergence | undefined> {
  const fork = primary.history?.at(-1);
  if (fork === undefined) return undefined;
  const script = remoteScript(COUNT_COMMITS, [String(fork.timeline), formatLsn(BigInt(fork.lsn)), String(term)]);
  const result = await remote.run({
    argv: ['docker', 'exec', '-u', 'postgres', engineContainer(target), ...script],
    timeoutMs: 120_000,
  });
  const [commits, keptIn] = result.stdout.trim().split(' ');
  if (result.exitCode !== 0 || commits === undefined || keptIn === undefined) return undefined;
  return { server: remote.name, commits: Number(commits), keptIn };
}

/** PostgreSQL as its own tools tell it: psql, pg_waldump. */
export const postgresDriver: EngineDriver = {
  prepareHandOver: checkpoint,
  lastApplied: lastReplayedCommit,
  countDivergence,
  exportDivergence: exportPostgres,
};
