import { remoteScript } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';

import { interrupted } from './interrupted.ts';
import type { GuardedTarget } from './observe.ts';
import { formatPosition } from './policy/position.ts';
import type { LastFailover } from './policy/quiet.ts';
import { majorityOf } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';
import type { DataTierRecord, FailoverReport, RejoinReport } from './report.ts';
import type { Session } from './session.ts';
import { Interruption } from './stoppable.ts';

/** $1 folder, $2 name, $3 record. Written beside, synced and renamed: a record is whole or not there. */
const WRITE = `set -eu
mkdir -p "$1"
printf '%s\\n' "$3" >"$1/.$2.new"
sync "$1/.$2.new"
mv "$1/.$2.new" "$1/$2"
`;

/** $1 folder. Prints the newest record, then that of the newest failover with its age in seconds by this server's clock. */
const READ = `cd "$1" 2>/dev/null || exit 0
last=$(ls -1 | grep -E '\\.json$' | sort | tail -n 1)
[ -z "$last" ] || { printf 'last '; cat "$last"; }
taken=$(ls -1 | grep -E -- '-failover\\.json$' | sort | tail -n 1)
[ -z "$taken" ] || { printf 'failover %s ' $(( $(date +%s) - $(stat -c %Y "$taken") )); cat "$taken"; }
`;

const WRITE_TIMEOUT_MS = 10_000;
const READ_TIMEOUT_MS = 2_000;

type Recorded = { readonly kind: DataTierRecord['kind']; readonly view: ServiceView };

/**
 * Runs `work`, and writes what came of it on every server that answers, for people and for the quiet period. The record of a failure is
 * written as well; a record that cannot be written is said and fails nothing. Turns an `Interruption` into FAILOVER_INTERRUPTED.
 */
export async function recorded<R extends FailoverReport | RejoinReport>(
  session: Session,
  what: Recorded,
  work: () => Promise<R>,
): Promise<R> {
  try {
    const report = await work();
    await write(session, { ...draft(session, what), outcome: 'done', report, ...labelOf(report) });
    return report;
  } catch (thrown) {
    const error = thrown instanceof Interruption ? await interrupted(session, what.kind) : thrown;
    if (error instanceof FlotillaError) {
      const { code, message } = error;
      await write(session, { ...draft(session, what), outcome: 'failed', error: { code, message } });
    }
    throw error;
  }
}

function labelOf(report: FailoverReport | RejoinReport): { readonly label?: 'UNFENCED' } {
  if (report.kind === 'rejoin') return {};
  const proofs = [report.fence, ...(report.alsoFenced ?? [])];
  return proofs.some((proof) => proof?.kind === 'unfenced') ? { label: 'UNFENCED' } : {};
}

function draft(session: Session, { kind, view }: Recorded): Omit<DataTierRecord, 'outcome'> {
  const { target, clock, startedMs, holder, why, events } = session;
  const facts = view.servers.filter(({ server, guard }) => guard !== undefined && target.members.includes(server));
  return {
    version: 1,
    kind,
    environment: target.environment,
    service: target.service,
    who: holder,
    ...(why === undefined ? {} : { why }),
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(clock.now()).toISOString(),
    positions: Object.fromEntries(facts.map(({ server, guard }) => [server, formatPosition(guard?.engine)])),
    events: [...events],
  };
}

async function write(session: Session, record: DataTierRecord): Promise<void> {
  const { target } = session;
  const { fleet } = session.lasting;
  const stamp = record.finishedAt.replaceAll(/[-:.]/g, '');
  const name = `${stamp}-${record.kind}${record.outcome === 'done' ? '' : '-failed'}.json`;
  const argv = remoteScript(WRITE, [folderOf(target), name, toText(record)]);
  const results = await Promise.all(fleet.servers.map((server) => server.run({ argv, timeoutMs: WRITE_TIMEOUT_MS })));
  const written = results.filter(({ exitCode }) => exitCode === 0).length;
  const note =
    written >= majorityOf(fleet.servers.length) ? '' : ', fewer than a majority: the quiet period may be forgotten';
  session.say('record', `${name} is on ${written} of ${fleet.servers.length} servers${note}`);
  session.onRecord?.(record);
}

/** One line; what exceeds a number is decimal text. */
function toText(record: DataTierRecord): string {
  return JSON.stringify(record, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function folderOf({ environment, service }: GuardedTarget): string {
  return paths.records(environment, service);
}

/** What the servers remember of the commands that were run on a service; absent where nothing was. */
export type Memory = { readonly last?: DataTierRecord; readonly failover?: LastFailover };

/** Reads what the servers remember of a service: the newest on any of them. A server that needs longer than 2 s is left out. */
export async function readMemory(fleet: RemoteFleet, target: GuardedTarget): Promise<Memory> {
  const argv = remoteScript(READ, [folderOf(target)]);
  const memories = await Promise.all(fleet.servers.map((server) => readFrom(server, argv)));
  const last = memories.flatMap((memory) => memory.last ?? []).toSorted(newestFirst)[0];
  const taken = memories
    .flatMap((memory) => memory.failover ?? [])
    .toSorted((left, right) => left.agoMs - right.agoMs)[0];
  return { ...(last === undefined ? {} : { last }), ...(taken === undefined ? {} : { failover: taken }) };
}

function newestFirst(left: DataTierRecord, right: DataTierRecord): number {
  return left.finishedAt < right.finishedAt ? 1 : -1;
}

async function readFrom(server: RemoteServer, argv: readonly [string, ...string[]]): Promise<Memory> {
  const { exitCode, stdout } = await server.run({ argv, timeoutMs: READ_TIMEOUT_MS });
  return exitCode === 0 ? parseMemory(stdout) : {};
}

/** Reads the two lines that the script prints; a damaged one is left out. */
export function parseMemory(text: string): Memory {
  const last = parseRecord(/^last (.*)$/m.exec(text)?.[1]);
  const [, age, taken] = /^failover (\d+) (.*)$/m.exec(text) ?? [];
  const report = parseRecord(taken)?.report;
  const failover =
    report === undefined || report.kind === 'rejoin'
      ? undefined
      : { agoMs: Number(age) * 1_000, from: report.from, to: report.to };
  return { ...(last === undefined ? {} : { last }), ...(failover === undefined ? {} : { failover }) };
}

function parseRecord(text: string | undefined): DataTierRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isRecord = typeof value === 'object' && value !== null && 'finishedAt' in value && 'events' in value;
    // Written by this program alone; its shape is told by its most telling keys.
    return isRecord ? (value as DataTierRecord) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
