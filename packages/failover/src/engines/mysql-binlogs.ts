import { remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import type { GuardedTarget } from '../observe.ts';
import type { ExportRequest } from './driver.ts';

/** A large log is read in minutes. */
const TIMEOUT_MS = 10 * 60_000;

/** Runs a command inside the engine's container and gives what it printed; `undefined` when it failed. Changes what the command does. */
export async function inContainer(
  remote: RemoteServer,
  target: Pick<GuardedTarget, 'environment' | 'service'>,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  const result = await remote.run({
    argv: ['docker', 'exec', engineContainer(target), ...argv],
    timeoutMs: TIMEOUT_MS,
  });
  return result.exitCode === 0 ? result.stdout : undefined;
}

/** Runs one statement as the local root, by the engine's own wrapper, and gives its rows; `undefined` when it failed. */
export function ask(remote: RemoteServer, target: GuardedTarget, statement: string): Promise<string | undefined> {
  return inContainer(remote, target, ['sh', `/flotilla/current/guarded-${target.kind}.sh`, 'ask', statement]);
}

/** How the logs of one kind are read. */
export type LogReading = {
  /** Script that prints a line for each binary log of a folder ($1), newest first: its name, and what was written before it began. */
  readonly list: string;
  /** Whether all of what a log says was written before it is known. */
  readonly isKnown: (before: string) => boolean;
};

/** Gives the binary logs of a kept folder that may hold what is not known, oldest first; empty when they cannot be read. */
export async function listLogs(
  remote: RemoteServer,
  target: GuardedTarget,
  { folder, list, isKnown }: LogReading & { readonly folder: string },
): Promise<readonly string[]> {
  const lines = await inContainer(remote, target, remoteScript(list, [folder]));
  return logsToRead((lines ?? '').split('\n'), isKnown);
}

/**
 * Gives the names of the logs that may hold what is not known, oldest first: those from the newest on, until one began where all before
 * it was known.
 * @example logsToRead(['binlog.000004 0-1-9', 'binlog.000003 0-1-5'], (before) => before === '0-1-5') // ['binlog.000003', 'binlog.000004']
 */
export function logsToRead(lines: readonly string[], isKnown: LogReading['isKnown']): readonly string[] {
  const names: string[] = [];
  for (const line of lines) {
    const [name = '', before = ''] = line.trim().split(' ');
    if (name === '') continue;
    names.unshift(name);
    if (isKnown(before)) break;
  }
  return names;
}

/** Gives the folder that kept the data of a term; `undefined` when there is none. */
export async function findKept(remote: RemoteServer, target: GuardedTarget, term: number): Promise<string | undefined> {
  const script = remoteScript('ls -d "/var/lib/mysql/data.superseded-$1"* 2>/dev/null | sort -V | tail -n 1', [
    String(term),
  ]);
  return (await inContainer(remote, target, script))?.trim() || undefined;
}

/** $1 container of the engine, $2 file, $3 a script of Bash that prints to it, then its arguments. */
const EXPORT = `set -eu
container=$1 file=$2 script=$3
shift 3
trap 'rm -f "$file.new"' EXIT
docker exec "$container" bash -c "$script" flotilla "$@" >"$file.new"
mv "$file.new" "$file"
stat -c %s "$file"
`;

const EXPORT_TIMEOUT_MS = 30 * 60_000;

/** What to print from a kept folder, and the file to print it to. */
type Printing = { readonly path: string; readonly script: string; readonly args: readonly string[] };

/** Writes what a script prints inside the engine's container into a file of the server, and gives its size. Throws FAILOVER_EXPORT_FAILED. */
export async function exportTo(
  remote: RemoteServer,
  target: GuardedTarget,
  { path, script, args }: Printing,
): Promise<number> {
  const argv = remoteScript(EXPORT, [engineContainer(target), path, script, ...args]);
  const result = await remote.run({ argv, timeoutMs: EXPORT_TIMEOUT_MS });
  if (result.exitCode === 0) return Number(result.stdout.trim());
  throw exportFailed(remote, target, result.stderr.trim().split('\n').at(-1) ?? '');
}

/** Gives the error of an export. */
export function exportFailed(remote: RemoteServer, target: GuardedTarget, detail: string): FlotillaError {
  return new FlotillaError('FAILOVER_EXPORT_FAILED', { service: target.service, server: remote.name, detail });
}

/** Gives the file that an export of a kept folder is written to. */
export function exportPath({ divergence, folder }: ExportRequest): string {
  return `${folder}/${divergence.keptIn.split('/').at(-1) ?? 'kept'}.sql.gz`;
}
