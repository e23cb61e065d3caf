import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Oracle, OracleTarget, Reaper } from '../src/index.ts';
import { judgeRun, startOracle, startReaper } from '../src/index.ts';

const runner = spawnRunner();
const clock = systemClock();
const NAME = 'enginetest';
const LABEL = `flotilla.sandbox=${NAME}`;

type Engine = {
  readonly kind: 'mysql' | 'mariadb' | 'redis';
  readonly port: number;
  readonly data: string;
  readonly variables: readonly string[];
  /** Words after the image, for a member of that name. */
  readonly command: (member: string) => readonly string[];
  /** A script that writes row 5 of a run again, adds row 999999 and removes row 7. */
  readonly spoil: (run: string) => string;
};

const sql = (client: string, run: string) =>
  `${client} -umain -px main -e "INSERT INTO flotilla_oracle (run, seq, written_by, reign) VALUES
  ('${run}', 5, 'x', 1), ('${run}', 999999, 'x', 1); DELETE FROM flotilla_oracle WHERE run = '${run}' AND seq = 7"`;

const ENGINES: readonly Engine[] = [
  {
    kind: 'mysql',
    port: 3306,
    data: '/var/lib/mysql',
    variables: ['MYSQL_ROOT_PASSWORD=x', 'MYSQL_DATABASE=main', 'MYSQL_USER=main', 'MYSQL_PASSWORD=x'],
    command: (member) => ['mysqld', `--report-host=${member}`],
    spoil: (run) => sql('mysql', run),
  },
  {
    kind: 'mariadb',
    port: 3306,
    data: '/var/lib/mysql',
    variables: ['MARIADB_ROOT_PASSWORD=x', 'MARIADB_DATABASE=main', 'MARIADB_USER=main', 'MARIADB_PASSWORD=x'],
    command: (member) => ['mariadbd', `--report-host=${member}`],
    spoil: (run) => sql('mariadb', run),
  },
  {
    kind: 'redis',
    port: 6379,
    data: '/data',
    variables: [],
    command: (member) => {
      const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
      return ['redis-server', '--requirepass', 'x', '--replica-announce-ip', member, ...durable];
    },
    spoil: (run) => {
      const key = `flotilla_oracle:rows:${run}`;
      const commands = [`HINCRBY ${key} 5 1`, `HSET ${key} 999999 1`, `HDEL ${key} 7`];
      return commands.map((command) => `redis-cli --no-auth-warning -a x ${command}`).join(' && ');
    },
  },
];

let folder = '';
let reaper: Reaper | undefined;
const images = new Map<string, string>();

async function docker(...args: readonly string[]): Promise<string> {
  const result = await runner.run({ argv: ['docker', ...args], timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

async function until(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
  const done = await pollUntil(async () => ((await probe()) ? true : undefined), {
    intervalMs: 100,
    timeoutMs: 60_000,
    clock,
  });
  if (done === undefined) throw new Error(`waited 60 s for ${what}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const container = ({ kind }: Engine) => `flotilla-${NAME}-${kind}`;

/** Starts the engine with the data that it left, under the name of a member. */
async function startAs(engine: Engine, member: string, hostPort: number): Promise<void> {
  const { kind, port, data, variables, command } = engine;
  const name = container(engine);
  await runner.run({ argv: ['docker', 'rm', '-f', name], timeoutMs: 60_000 });
  const settings = variables.flatMap((variable) => ['-e', variable]);
  const places = ['-v', `${name}:${data}`, '-p', `127.0.0.1:${hostPort}:${port}`, '--label', LABEL];
  await docker('run', '-d', '--name', name, ...places, ...settings, images.get(kind) ?? '', ...command(member));
}

function targetOf({ kind }: Engine, port: number): OracleTarget {
  const shared = { host: '127.0.0.1', port, password: 'x' };
  return kind === 'redis' ? { kind, ...shared } : { kind, ...shared, database: 'main', user: 'main' };
}

async function grows(oracle: Oracle, count: number): Promise<void> {
  const wanted = oracle.acknowledged() + count;
  await until(`${count} rows`, () => oracle.acknowledged() >= wanted);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-engines-'));
  reaper = startReaper(runner, { environment: NAME, folder });
  const names = ENGINES.map(({ kind }) => kind);
  const built = await buildImages({ runner, names, cacheDir: join(folder, 'images') });
  for (const [index, image] of built.entries()) images.set(names[index] ?? '', image.tag);
  for (const engine of ENGINES) {
    await runner.run({ argv: ['docker', 'rm', '-fv', container(engine)], timeoutMs: 60_000 });
    await runner.run({ argv: ['docker', 'volume', 'rm', '-f', container(engine)], timeoutMs: 60_000 });
    await docker('volume', 'create', '--label', LABEL, container(engine));
  }
});

afterAll(async () => {
  for (const engine of ENGINES) {
    await runner.run({ argv: ['docker', 'rm', '-fv', container(engine)], timeoutMs: 60_000 });
    await runner.run({ argv: ['docker', 'volume', 'rm', '-f', container(engine)], timeoutMs: 60_000 });
  }
  await reaper?.dismiss();
  await rm(folder, { recursive: true, force: true });
});

it.each(ENGINES)('counts the reigns of $kind, loses nothing over a crash, and sees what was spoilt', async (engine) => {
  const port = await freePort();
  const target = targetOf(engine, port);
  let oracle: Oracle | undefined;
  await startAs(engine, 'db1', port);
  await until(engine.kind, async () => {
    const path = join(folder, `${engine.kind}-${clock.now()}.jsonl`);
    oracle = await startOracle({ target, logFile: path, clock }).catch(() => undefined);
    return oracle !== undefined;
  });
  if (oracle === undefined) throw new Error('it was awaited');
  await grows(oracle, 100);
  await docker('kill', container(engine));
  await docker('start', container(engine));
  await grows(oracle, 100);
  await startAs(engine, 'db2', port);
  await grows(oracle, 100);
  await startAs(engine, 'db1', port);
  await grows(oracle, 100);
  const log = await oracle.stop();
  const clean = { lost: [], holes: [], duplicated: [], unsent: [], lateAcks: [] };
  expect((await judgeRun(target, log)).verdict).toMatchObject({
    ...clean,
    generations: [
      { node: 'db1', timeline: 1 },
      { node: 'db2', timeline: 2 },
      { node: 'db1', timeline: 3 },
    ],
  });
  await docker('exec', container(engine), 'sh', '-c', engine.spoil(oracle.run));
  expect((await judgeRun(target, log)).verdict).toMatchObject({ duplicated: [5], unsent: [999_999], lost: [7] });
});
