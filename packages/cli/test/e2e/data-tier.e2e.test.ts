import { pollUntil, systemClock } from '@flotilla/exec';
import type { FailoverReport } from '@flotilla/failover';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import {
  codeIn,
  expectLossWithin,
  failOver,
  failoverReportIn,
  failoverWords,
  fault,
  healthyRoles,
  mend,
  refusedFailOver,
  rejoin,
  rowsKept,
  statusOf,
  stopHousekeeping,
  switchOver,
} from './support/data-tier.ts';
import type { Roles } from './support/data-tier.ts';
import { figureTable, seconds } from './support/figures.ts';
import type { Figure } from './support/figures.ts';
import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';
import { acksOf, firstAckOf, SERVICE, whileWriting } from './support/oracle.ts';
import type { Judgement, Writing } from './support/oracle.ts';

const clock = systemClock();
/** Acknowledged writes before and after an event: about a second's worth. */
const SOME = 200;
const FREEZE_MS = 60_000;

let fleet: TestFleet;
const figures: Figure[] = [];

beforeAll(async () => {
  fleet = await openFleet('datatest');
});

afterAll(async () => {
  process.stderr.write(figureTable(figures));
  await fleet?.close();
});

afterEach(({ task }) => (task.result?.state === 'fail' ? mend(fleet) : undefined));

function note(scenario: string, figure: string, measured: string, target = ''): void {
  figures.push({ scenario, figure, measured, target });
}

function noteFailover(scenario: string, report: FailoverReport, judgement: Judgement): void {
  const provedAt = Date.parse(report.startedAt) + report.toProofMs;
  note(scenario, 'command to proof', seconds(report.toProofMs));
  note(scenario, 'proof to first accepted write', seconds(firstAckOf(judgement, report.to) - provedAt), '5 s');
  note(scenario, 'write gap', seconds(judgement.verdict.longestGap?.durationMs ?? 0));
  note(scenario, 'acknowledged, lost', `${judgement.verdict.acknowledged}, ${judgement.verdict.lost.length}`);
}

/** Adds an old client of the primary, and sees that it writes before anything happens. */
async function withOldClient(writing: Writing, primary: string): Promise<string> {
  const lane = await writing.addOldClient(primary);
  await writing.continues(SOME);
  return lane;
}

test.each(['there', 'back'])('a switchover under load loses nothing: %s', async (way) => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, `switchover-${way}`, async (writing) => {
    const oldClient = await withOldClient(writing, primary);
    await switchOver(fleet, replica);
    await writing.continues(SOME);
    const { log, verdict } = await writing.judge();
    note(`switchover ${way}`, 'write gap', seconds(verdict.longestGap?.durationMs ?? 0), '2 s');
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    expect(verdict.generations.map(({ node }) => node)).toEqual([primary, replica]);
    expect(acksOf(log, oldClient).length).toBeGreaterThan(0);
  });
  expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
});

test('a failover is refused while the primary is healthy, and when it comes back from a crash by itself', async () => {
  const roles = await healthyRoles(fleet);
  const { term } = await statusOf(fleet);
  expect(await refusedFailOver(fleet)).toBe('FAILOVER_PRIMARY_HEALTHY');
  await fault(fleet, 'kill9', `${SERVICE}@${roles.primary}`);
  expect(await refusedFailOver(fleet)).toBe('FAILOVER_PRIMARY_HEALTHY');
  expect(await healthyRoles(fleet)).toEqual(roles);
  expect((await statusOf(fleet)).term).toEqual(term);
});

test('a crashed primary is replaced; what was lost is told, counted and kept', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, 'crash', async (writing) => {
    await withOldClient(writing, primary);
    await leaveBehind({ primary, replica }, writing);
    await fault(fleet, 'kill9', `${SERVICE}@${primary}`, 'no-restart');
    await fault(fleet, 'reconnect', replica);
    const report = await failOver(fleet);
    expect(report).toMatchObject({ from: primary, to: replica, fence: { kind: 'stopped' } });
    await writing.continues(SOME);
    await fault(fleet, 'boot', `${SERVICE}@${primary}`);
    const returned = await writing.addOldClient(primary);
    expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
    await writing.continues(SOME);
    const judgement = await writing.judge();
    expect(expectLossWithin(judgement, report)).toBeGreaterThan(0);
    // It reached the returned node, which let it read and nothing else.
    expect(judgement.log.some((event) => event.kind === 'connected' && event.lane === returned)).toBe(true);
    expect(acksOf(judgement.log, returned)).toEqual([]);
    noteFailover('crash', report, judgement);
    await expectExactCount('crash', primary, { run: writing.run, judgement });
  });
});

test('the loss of the whole server is proved by its power; it returns as a replica by itself', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, 'server-lost', async (writing) => {
    await withOldClient(writing, primary);
    await leaveBehind({ primary, replica }, writing);
    await fault(fleet, 'kill', primary);
    await fault(fleet, 'reconnect', replica);
    const report = await failOver(fleet);
    expect(report).toMatchObject({ from: primary, to: replica, fence: { kind: 'powered-off' } });
    await writing.continues(SOME);
    await fault(fleet, 'boot', primary);
    expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
    await writing.continues(SOME);
    const judgement = await writing.judge();
    expect(expectLossWithin(judgement, report)).toBeGreaterThan(0);
    noteFailover('server lost', report, judgement);
    await expectExactCount('server lost', primary, { run: writing.run, judgement });
  });
});

/** Lets the primary acknowledge what the replica never hears of. A frozen one would find it in its socket; one without a cable does not. */
async function leaveBehind({ primary, replica }: Roles, writing: Writing): Promise<void> {
  await stopHousekeeping(fleet, primary);
  await fault(fleet, 'disconnect', replica);
  await writing.continues(SOME);
}

/** The commits counted in the old log are the rows that only the old node has: the lost ones, and those it never acknowledged. */
async function expectExactCount(
  scenario: string,
  server: string,
  { run, judgement }: { readonly run: string; readonly judgement: Judgement },
): Promise<void> {
  const { rows, verdict, log } = judgement;
  const { divergence } = await rejoin(fleet, server);
  if (divergence === undefined) throw new Error('nothing was kept');
  const present = new Set(rows.map(({ seq }) => seq));
  const kept = await rowsKept(fleet, server, { keptIn: divergence.keptIn, run });
  const onlyOld = kept.filter((seq) => !present.has(seq)).toSorted((left, right) => left - right);
  const unacknowledged = new Set(log.flatMap((event) => (event.kind === 'unacknowledged' ? [event.seq] : [])));
  expect(divergence.commits).toBe(onlyOld.length);
  expect(onlyOld.filter((seq) => !unacknowledged.has(seq))).toEqual(verdict.lost);
  const measured = `${divergence.commits}, ${onlyOld.length - verdict.lost.length}`;
  note(scenario, 'commits counted by rejoin, of them never acknowledged', measured);
}

test('a server that is frozen for a minute commits nothing after it was replaced', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, 'server-frozen', async (writing) => {
    await withOldClient(writing, primary);
    const frozenAt = clock.now();
    await fault(fleet, 'pause', primary);
    const report = await failOver(fleet);
    expect(report).toMatchObject({ from: primary, to: replica, fence: { kind: 'powered-off' } });
    await writing.continues(SOME);
    await clock.sleep(FREEZE_MS - (clock.now() - frozenAt));
    await fault(fleet, 'boot', primary);
    expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
    await writing.continues(SOME);
    const judgement = await writing.judge();
    expectLossWithin(judgement, report);
    noteFailover('server frozen', report, judgement);
  });
});

test('an engine that is frozen on a server that answers is stopped there, and commits nothing afterwards', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, 'engine-frozen', async (writing) => {
    await withOldClient(writing, primary);
    const { term } = await statusOf(fleet);
    await fault(fleet, 'pause', `${SERVICE}@${primary}`);
    const preview = await fleet.expect(0, ...failoverWords(fleet, '--dry-run'));
    expect(JSON.parse(preview.stdout)).toMatchObject({ decision: { from: primary, to: replica } });
    expect((await statusOf(fleet)).term).toEqual(term);
    const report = await failOver(fleet, '--to', replica);
    expect(report).toMatchObject({ from: primary, to: replica, fence: { kind: 'stopped' } });
    await writing.continues(SOME);
    await fault(fleet, 'boot', `${SERVICE}@${primary}`);
    expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
    await writing.continues(SOME);
    const judgement = await writing.judge();
    expectLossWithin(judgement, report);
    noteFailover('engine frozen', report, judgement);
  });
});

test('both database servers lose their power at once and open again in the same term, without a person', async () => {
  const roles = await healthyRoles(fleet);
  const { term } = await statusOf(fleet);
  await whileWriting(fleet, 'both-rebooted', async (writing) => {
    await writing.continues(SOME);
    const members = [roles.primary, roles.replica];
    await Promise.all(members.map((member) => fault(fleet, 'kill', member)));
    await Promise.all(members.map((member) => fault(fleet, 'boot', member)));
    await writing.continues(SOME);
    expect(await healthyRoles(fleet)).toEqual(roles);
    expect((await statusOf(fleet)).term).toEqual(term);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    note('both rebooted', 'write gap', seconds(verdict.longestGap?.durationMs ?? 0));
  });
});

test('of two failovers at once one is carried out and one is refused', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await fault(fleet, 'kill9', `${SERVICE}@${primary}`, 'no-restart');
  const words = failoverWords(fleet);
  const results = await Promise.all([fleet.repository.flotilla(...words), fleet.repository.flotilla(...words)]);
  expect(results.map(({ exitCode }) => exitCode).toSorted((left, right) => left - right)).toEqual([0, 1]);
  const refused = codeIn(results.find(({ exitCode }) => exitCode === 1)?.stdout ?? '');
  expect(['DEPLOY_LOCK_HELD', 'FAILOVER_CLAIM_REFUSED', 'FAILOVER_PRIMARY_HEALTHY']).toContain(refused);
  expect(await statusOf(fleet)).toMatchObject({ primary: replica, extraPrimaries: [] });
  note('two at once', 'the second was refused by', refused);
  await fault(fleet, 'boot', `${SERVICE}@${primary}`);
  expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
});

test('a deploy of the unchanged file does not turn the old primary back', async () => {
  const declared = 'db1';
  const found = await healthyRoles(fleet);
  if (found.primary === declared) await switchOver(fleet, found.replica);
  const roles = await healthyRoles(fleet);
  expect(roles.primary).not.toBe(declared);
  const { stdout } = await fleet.expect(0, 'deploy', fleet.repository.environment, '--sandbox', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ report: { outcome: 'unchanged' } });
  expect(await healthyRoles(fleet)).toEqual(roles);
});

/** Runs `$@` and kills it without a word as soon as it says that the term is claimed. */
const KILL_AFTER_CLAIM = `
said=$(mktemp -u) && mkfifo "$said" || exit 1
"$@" 2>"$said" & pid=$!
while read -r line; do case $line in *' claim '*) kill -KILL "$pid" ;; esac; done <"$said"
rm "$said"
wait "$pid"`;

test('a failover that dies between claim and promotion leaves the service closed, and the next one completes it', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await whileWriting(fleet, 'tool-killed', async (writing) => {
    await withOldClient(writing, primary);
    await fault(fleet, 'kill9', `${SERVICE}@${primary}`, 'no-restart');
    const argv = ['bash', '-c', KILL_AFTER_CLAIM, 'killer', fleet.launcher, ...failoverWords(fleet)] as const;
    const killed = await fleet.runner.run({ argv, cwd: fleet.repository.root, timeoutMs: 60_000 });
    expect(killed.exitCode).toBe(128 + 9);
    expect(await statusOf(fleet)).toMatchObject({ health: 'down', term: { holder: replica, phase: 'claimed' } });
    // Its engine may start again: in a claimed term it opens to nobody.
    await fault(fleet, 'boot', `${SERVICE}@${primary}`);
    const startedMs = clock.now();
    const report = await failOverWhenFree();
    note('tool killed', 'until the next one went ahead', seconds(clock.now() - startedMs));
    expect(report).toMatchObject({ from: primary, to: replica });
    await writing.continues(SOME);
    if (report.fence?.kind === 'stopped') await fault(fleet, 'boot', `${SERVICE}@${primary}`);
    expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
    const judgement = await writing.judge();
    expectLossWithin(judgement, report);
    expect(judgement.verdict.generations.map(({ node }) => node)).toEqual([primary, replica]);
  });
});

/** The lock of a tool that died ends by itself. */
async function failOverWhenFree(): Promise<FailoverReport> {
  const attempt = async () => {
    const result = await fleet.repository.flotilla(...failoverWords(fleet));
    if (result.exitCode === 1 && codeIn(result.stdout) === 'DEPLOY_LOCK_HELD') return undefined;
    return result;
  };
  const result = await pollUntil(attempt, { intervalMs: 500, timeoutMs: 30_000, clock });
  if (result?.exitCode !== 0) throw new Error(`${result?.stdout ?? 'the lock is still held'}${result?.stderr ?? ''}`);
  return failoverReportIn(result.stdout);
}
