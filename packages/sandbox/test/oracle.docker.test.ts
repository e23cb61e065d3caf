import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';
import { environmentSchema } from '@flotilla/model';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { HeldSandbox, Oracle, RunFacts, Tunnel } from '../src/index.ts';
import { holdSandbox, judgeRun, loadRecord, openEndpointTunnel, saveRecord, startOracle } from '../src/index.ts';

const runner = spawnRunner();
const clock = systemClock();
const REFERENCE = 'postgres:17';

let held: HeldSandbox | undefined;
let folder = '';
let tunnel: Tunnel | undefined;

const environment = environmentSchema.parse({
  environment: 'oracletest',
  servers: { one: { host: '192.0.2.1', cpus: 1, memory: '1GiB' } },
  services: {
    database: { kind: 'postgres', image: REFERENCE, primary: 'one', databases: ['main'], memory: '64MiB' },
  },
});

const FACTS: RunFacts = {
  seed: 0,
  date: '2026-01-02T03:04:05.000Z',
  environment: 'oracletest',
  service: 'database',
  engine: 'postgres',
  mode: 'strict',
  faults: [],
  failovers: [],
  times: {},
};

async function inServer(script: string): Promise<string> {
  const container = held?.sandbox.servers[0]?.container ?? '';
  const result = await runner.run({ argv: ['docker', 'exec', container, 'sh', '-c', script], timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`${script}: ${result.stderr}`);
  return result.stdout.trim();
}

async function until(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
  const options = { intervalMs: 100, timeoutMs: 30_000, clock };
  const done = await pollUntil(async () => ((await probe()) ? true : undefined), options);
  if (done === undefined) throw new Error(`waited 30 s for ${what}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-oracle-'));
  const prepare = async () => {
    const names = ['server', 'registry', 'base', 'postgres'] as const;
    const [server, registry, base, postgres] = await buildImages({ runner, names, cacheDir: join(folder, 'images') });
    if (!server || !registry || !base || !postgres) throw new Error('the builder gives one image per request');
    return { server, registry, guard: base, endpoint: base, references: new Map([[REFERENCE, postgres]]) };
  };
  const shared = { environment, entryFolder: '/nowhere', secretNames: [], runner, clock, events: () => undefined };
  held = await holdSandbox({ ...shared, stateFolder: join(folder, 'state'), images: { prepare } });
  // An engine in the place of the endpoint: what counts here is the way there and back.
  const label = '--label flotilla.service=database-endpoint';
  const image = held.sandbox.images.get(REFERENCE) ?? '';
  await inServer('docker network create flotilla');
  await inServer(`docker run -d --name db --network flotilla ${label} -e POSTGRES_PASSWORD=x ${image}`);
  await until('the engine', () =>
    inServer('docker exec db pg_isready -h 127.0.0.1').then(
      () => true,
      () => false,
    ),
  );
  const options = { sandbox: held.sandbox, runner, clock, through: 'one' };
  tunnel = await openEndpointTunnel(options, { service: 'database' });
});

afterAll(async () => {
  await tunnel?.close();
  await held?.close();
  await rm(folder, { recursive: true, force: true });
});

it('loses no acknowledged row over a crash of the engine, and measures the gap', async () => {
  const target = { kind: 'postgres', ...tunnel!, database: 'postgres', user: 'postgres', password: 'x' } as const;
  const oracle = await startOracle({ target, logFile: join(folder, 'log.jsonl'), clock });
  oracle.addDirectLane(target);
  await grows(oracle, 200);
  await inServer('docker kill db && sleep 1 && docker start db');
  await grows(oracle, 200);
  const log = await oracle.stop();
  const { rows, verdict } = await judgeRun(target, log);
  expect(verdict).toMatchObject({ lost: [], holes: [], duplicated: [], unsent: [], lateAcks: [] });
  expect(verdict.acknowledged).toBeGreaterThanOrEqual(400);
  expect(verdict.generations).toMatchObject([{ timeline: 1, node: expect.stringMatching(/^10\./) }]);
  expect(verdict.longestGap?.durationMs).toBeGreaterThan(1_000);
  expect(log.some((event) => event.kind === 'disconnected')).toBe(true);
  const path = join(folder, 'crash.run.br');
  await saveRecord(path, { facts: FACTS, log, rows });
  expect(await loadRecord(path)).toMatchObject({ facts: FACTS, log, rows, verdict: { lost: [], duplicated: [] } });
});

it('finds the acknowledged rows that somebody removed', async () => {
  const target = { kind: 'postgres', ...tunnel!, database: 'postgres', user: 'postgres', password: 'x' } as const;
  const oracle = await startOracle({ target, logFile: join(folder, 'second.jsonl'), clock });
  await grows(oracle, 100);
  const log = await oracle.stop();
  const statement = `DELETE FROM flotilla_oracle WHERE run = '${oracle.run}' AND seq IN (10, 11)`;
  await inServer(`docker exec db psql -U postgres -c "${statement}"`);
  expect((await judgeRun(target, log)).verdict).toMatchObject({ lost: [10, 11], holes: [10, 11] });
});

async function grows(oracle: Oracle, count: number): Promise<void> {
  const wanted = oracle.acknowledged() + count;
  await until(`${count} rows`, () => oracle.acknowledged() >= wanted);
}
