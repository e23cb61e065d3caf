import { afterAll, beforeAll, expect, test } from 'vitest';

import { start, until } from './support/cut.ts';
import type { DataAccess } from './support/data-access.ts';
import { codeIn, failoverReportIn, failoverWords, fault, healthyRoles, statusOf } from './support/data-tier.ts';
import { figureTable, seconds } from './support/figures.ts';
import type { Figure } from './support/figures.ts';
import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';
import { whileWriting } from './support/oracle.ts';
import { containerStarts, inside, locked, replaced } from './support/servers.ts';

const NAME = 'upgradetest';
const DEPLOY = ['deploy', NAME, '--sandbox', '--json'] as const;
const PLAN = ['plan', NAME, '--sandbox'] as const;
/** Exit codes of the CLI, by what they mean. */
const [DONE, FAILED] = [0, 1] as const;
/** Acknowledged writes before and after an event: about a second's worth. */
const SOME = 200;

const LEDGER: DataAccess = {
  service: 'database',
  kind: 'postgres',
  database: 'ledger',
  client: 'edge',
  oldClient: 'edge',
};

let fleet: TestFleet;
const figures: Figure[] = [];

beforeAll(async () => {
  fleet = await openFleet(NAME, 'lab/postgres', { data: LEDGER });
});

afterAll(async () => {
  process.stderr.write(figureTable(figures));
  await fleet?.close();
});

type Report = {
  readonly outcome: string;
  readonly reason?: { readonly code: string };
  readonly handOvers: readonly { readonly service: string; readonly from: string; readonly to: string }[];
  readonly servers: readonly {
    readonly server: string;
    readonly units: readonly { readonly service: string; readonly state: string }[];
  }[];
};

function reportIn(stdout: string): Report {
  // What the command documents as its answer.
  return (JSON.parse(stdout) as { readonly report: Report }).report;
}

/** Gives what every member says of a setting, sorted. */
async function settings(name: string): Promise<readonly string[]> {
  const script = 'docker exec -u postgres "$1" psql -h /run/flotilla/guard -U postgres -XAt -c "SHOW $2"';
  const ask = (server: string) => inside(fleet, server, script, `${NAME}-${LEDGER.service}`, name);
  return Promise.all(['db1', 'db2'].map(ask));
}

const TUNED = (connections: number) => `databases: [ledger]\n    tuning: { max_connections: ${connections} }`;

test('a raised restart-only setting reaches the replica first, then the role moves once, and no write is lost', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  const { term } = await statusOf(fleet);
  await fleet.repository.edit('databases: [ledger]', TUNED(150));
  expect((await fleet.expect(DONE, ...PLAN)).stdout).toContain(`role moves to ${replica}; it stays there`);
  const before = await containerStarts(fleet);
  await whileWriting(fleet, 'upgrade', async (writing) => {
    await writing.continues(SOME);
    const { stdout, durationMs } = await fleet.expect(DONE, ...DEPLOY);
    expect(reportIn(stdout)).toMatchObject({
      outcome: 'done',
      handOvers: [{ service: LEDGER.service, from: primary, to: replica }],
    });
    await writing.continues(SOME);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    expect(verdict.generations.map(({ node }) => node)).toEqual([primary, replica]);
    const gap = seconds(verdict.longestGap?.durationMs ?? 0);
    figures.push({ scenario: 'restart-only setting', figure: 'write gap', measured: gap, target: '1.5 s' });
    figures.push({ scenario: 'restart-only setting', figure: 'deploy', measured: seconds(durationMs), target: '' });
  });
  expect(await settings('max_connections')).toEqual(['150', '150']);
  expect(replaced(before, await containerStarts(fleet))).toEqual([`db1/${LEDGER.service}`, `db2/${LEDGER.service}`]);
  expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
  const next = (term?.term ?? 0) + 1;
  // On a machine that is busy a look may end before the guards answered.
  await until(`term ${next}`, async () => (await statusOf(fleet)).term?.term === next);
  expect(reportIn((await fleet.expect(DONE, ...DEPLOY)).stdout).outcome).toBe('unchanged');
});

test('a lowered one reaches the primary first, in place, and no write is lost', async () => {
  const roles = await healthyRoles(fleet);
  await fleet.repository.edit(TUNED(150), TUNED(60));
  expect((await fleet.expect(DONE, ...PLAN)).stdout).toContain(
    'max_connections from 150 to 60 goes to the primary first',
  );
  await whileWriting(fleet, 'lowered', async (writing) => {
    await writing.continues(SOME);
    const { stdout } = await fleet.expect(DONE, ...DEPLOY);
    expect(reportIn(stdout)).toMatchObject({ outcome: 'done', handOvers: [] });
    await writing.continues(SOME);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    const gap = seconds(verdict.longestGap?.durationMs ?? 0);
    figures.push({ scenario: 'lowered setting', figure: 'write gap', measured: gap, target: '5 s' });
  });
  expect(await settings('max_connections')).toEqual(['60', '60']);
  expect(await healthyRoles(fleet)).toEqual(roles);
});

test('a failover stops a deploy at its next safe point and wins; of two at once one runs; the next deploy undoes neither', async () => {
  const { primary, replica } = await healthyRoles(fleet);
  await fleet.repository.edit('http: /health, ', 'http: /nowhere, grace: 45s, ');
  await fleet.repository.edit('memory: 256MiB', 'memory: 192MiB');
  const deploy = start(fleet, ...DEPLOY);
  const journal = `tail -n 1 /var/lib/flotilla/${NAME}/journal.jsonl`;
  await until('the gate of the application', async () =>
    /"event":"begin".*"ledger"/.test(await inside(fleet, 'edge', journal)),
  );
  await fault(fleet, 'kill', primary);
  const asked = Date.now();
  const failovers = await Promise.all([1, 2].map(() => start(fleet, ...failoverWords(fleet)).ended));
  const [won, refused] = failovers.toSorted((left, right) => left.exitCode - right.exitCode);
  const said = failovers.map(({ stderr }) => stderr).join('\n');
  expect({ exitCodes: [won?.exitCode, refused?.exitCode], said }).toMatchObject({ exitCodes: [DONE, FAILED] });
  expect(failoverReportIn(won?.stdout ?? '')).toMatchObject({ from: primary, to: replica });
  expect(codeIn(refused?.stdout ?? '')).toMatch(/^(DEPLOY_LOCK_HELD|FAILOVER_)/);
  figures.push({ scenario: 'during a deploy', figure: 'failover', measured: seconds(Date.now() - asked), target: '' });

  const ended = await deploy.ended;
  expect(ended.exitCode).toBe(FAILED);
  const report = reportIn(ended.stdout);
  expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_PREEMPTED' } });
  const edge = report.servers.find(({ server }) => server === 'edge')?.units ?? [];
  expect(Object.fromEntries(edge.map(({ service, state }) => [service, state]))).toMatchObject({
    balancer: 'not-reached',
    guard: 'unchanged',
    ledger: 'failed',
  });

  await fault(fleet, 'boot', primary);
  expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
  await fleet.repository.edit('http: /nowhere, grace: 45s, ', 'http: /health, ');
  expect(reportIn((await fleet.expect(DONE, ...DEPLOY)).stdout)).toMatchObject({ outcome: 'done', handOvers: [] });
  expect(await healthyRoles(fleet)).toEqual({ primary: replica, replica: primary });
  expect(await locked(fleet)).toEqual([]);
});
