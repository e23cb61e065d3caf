import { pollUntil, systemClock } from '@flotilla/exec';
import type { FailoverReport, RejoinReport } from '@flotilla/failover';
import { expect } from 'vitest';

import type { ServiceStatus } from '../../../src/reporters/service-status.ts';
import type { TestFleet } from './fleet.ts';
import type { Judgement } from './oracle.ts';
import { inside } from './servers.ts';

const clock = systemClock();
const MEMBERS = ['db1', 'db2'] as const;
const TARGET = ['--sandbox', '--json'] as const;

/** Who leads and who follows. */
export type Roles = { readonly primary: string; readonly replica: string };

/** Gives what `status` says of the database, whatever its health. */
export async function statusOf({ repository }: TestFleet): Promise<ServiceStatus> {
  const { stdout } = await repository.flotilla('status', repository.environment, '--sandbox', '--json');
  // What the command documents as its answer.
  const { services } = JSON.parse(stdout) as { readonly services: readonly ServiceStatus[] };
  const [only] = services;
  if (only === undefined) throw new Error(`status says: ${stdout}`);
  return only;
}

/** Waits until the fleet is whole again, and gives its roles. Throws after 90 s. */
export async function healthyRoles(fleet: TestFleet): Promise<Roles> {
  let last: ServiceStatus | undefined;
  const probe = async () => {
    last = await statusOf(fleet);
    return last.health === 'ok' ? last : undefined;
  };
  const whole = await pollUntil(probe, { intervalMs: 300, timeoutMs: 90_000, clock });
  const primary = whole?.primary;
  const replica = whole?.members.find(({ server }) => server !== primary)?.server;
  if (primary === undefined || replica === undefined) throw new Error(`not healthy: ${JSON.stringify(last)}`);
  return { primary, replica };
}

/** Causes a fault in the words of the command. */
export async function fault(fleet: TestFleet, ...words: readonly string[]): Promise<void> {
  await fleet.expect(0, 'fault', fleet.repository.environment, ...words);
}

/** Undoes whatever a failed scenario left broken, so that the next one begins with a whole fleet. */
export async function mend({ repository, data }: TestFleet): Promise<void> {
  for (const member of MEMBERS) {
    for (const words of [
      `unpause ${member}`,
      `reconnect ${member}`,
      `boot ${member}`,
      `boot ${data.service}@${member}`,
    ]) {
      // Most of it is well, and says so by failing.
      await repository.flotilla('fault', repository.environment, ...words.split(' '));
    }
  }
}

/** Hands the role over, which must succeed. */
export async function switchOver(fleet: TestFleet, to: string): Promise<FailoverReport> {
  return failoverReportIn((await fleet.expect(0, ...switchoverWords(fleet, to))).stdout);
}

/** The words of a switchover. */
export function switchoverWords({ repository, data }: TestFleet, to: string): readonly string[] {
  return ['switchover', repository.environment, data.service, '--to', to, '--yes', data.service, ...TARGET];
}

/** The words of a failover that accepts a loss, one scenario after the other. */
export function failoverWords({ repository, data }: TestFleet, ...more: readonly string[]): readonly string[] {
  return [
    'failover',
    repository.environment,
    data.service,
    '--accept-loss',
    '--despite-quiet-period',
    '--yes',
    data.service,
    ...TARGET,
    ...more,
  ];
}

/** Fails over, which must succeed. */
export async function failOver(fleet: TestFleet, ...more: readonly string[]): Promise<FailoverReport> {
  return failoverReportIn((await fleet.expect(0, ...failoverWords(fleet, ...more))).stdout);
}

/** Tries to fail over, which must be refused, and gives the code of the refusal. */
export async function refusedFailOver(fleet: TestFleet): Promise<string> {
  return codeIn((await fleet.expect(1, ...failoverWords(fleet))).stdout);
}

/** Gives the report in the answer of a switchover or failover. */
export function failoverReportIn(stdout: string): FailoverReport {
  // What the commands document as their answer.
  return (JSON.parse(stdout) as { readonly report: FailoverReport }).report;
}

/** Gives the code of the error in an answer. */
export function codeIn(stdout: string): string {
  // What every command documents as its answer to a failure.
  return (JSON.parse(stdout) as { readonly error: { readonly code: string } }).error.code;
}

/** Returns a member and gives what was counted. */
export async function rejoin(fleet: TestFleet, server: string, ...more: readonly string[]): Promise<RejoinReport> {
  const words = ['rejoin', fleet.repository.environment, fleet.data.service, server, ...TARGET, ...more];
  const { stdout } = await fleet.expect(0, ...words);
  // What the command documents as its answer.
  return (JSON.parse(stdout) as { readonly report: RejoinReport }).report;
}

/** Every write that was lost was acknowledged within the reported window, and what was lost is a tail. Gives how many. */
export function expectLossWithin({ log, verdict }: Judgement, { loss }: FailoverReport): number {
  if (loss === undefined) throw new Error('the report has no loss window');
  const since = loss.since === undefined ? -Infinity : Date.parse(loss.since);
  const until = Date.parse(loss.until);
  const lost = new Set(verdict.lost);
  const outside = log.filter(
    (event) => event.kind === 'ack' && lost.has(event.seq) && (event.at < since || event.sentAt > until),
  );
  expect(outside).toEqual([]);
  expect(verdict).toMatchObject({ holes: [], lateAcks: [], duplicated: [], unsent: [] });
  return lost.size;
}

/** Gives the name of the engine's container, the same on every member. */
export function engineOf({ repository, data }: TestFleet): string {
  return `${repository.environment}-${data.service}`;
}

/** Copies the data that were kept aside, recovers the copy without a server, and asks it for the numbers of a run. */
const READ_KEPT = `
copy=$(mktemp -d) && cp -a "$1" "$copy/data" && rm -f "$copy/data/postmaster.pid"
echo "SELECT string_agg(seq::text, ',') AS numbers FROM flotilla_oracle WHERE run = '$2'" |
  postgres --single -D "$copy/data" warehousedb
status=$?
rm -rf "$copy"
exit $status`;

/** Gives the numbers of a run that the data kept aside on a server hold. */
export async function rowsKept(
  fleet: TestFleet,
  server: string,
  { keptIn, run }: { readonly keptIn: string; readonly run: string },
): Promise<readonly number[]> {
  const container = engineOf(fleet);
  const script = 'docker exec -u postgres "$1" sh -c "$2" kept "$3" "$4"';
  const said = await inside(fleet, server, script, container, READ_KEPT, keptIn, run);
  const numbers = /numbers = "([\d,]+)"/.exec(said)?.[1];
  if (numbers === undefined) throw new Error(`${keptIn} says: ${said}`);
  return numbers.split(',').map(Number);
}

/** Keeps an engine's own housekeeping from committing beside its clients, so that what was lost can be counted exactly. */
export async function stopHousekeeping(fleet: TestFleet, server: string): Promise<void> {
  const container = engineOf(fleet);
  const script = 'docker exec -u postgres "$1" psql -h /run/flotilla/guard -U postgres -XAt -c "$2" -c "$3"';
  await inside(fleet, server, script, container, 'ALTER SYSTEM SET autovacuum = off', 'SELECT pg_reload_conf()');
}
