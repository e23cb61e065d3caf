import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';
import { environmentSchema } from '@flotilla/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { HeldSandbox, SandboxServer } from '../src/index.ts';
import { causeFault, holdSandbox, parseFault } from '../src/index.ts';

const runner = spawnRunner();
const clock = systemClock();
const NAME = 'faulttest';
const REFERENCE = 'postgres:17';
const DATA = `/var/lib/flotilla/${NAME}/data/database`;

let held: HeldSandbox | undefined;
let folder = '';

const server = { cpus: 1, memory: '1GiB' };
const environment = environmentSchema.parse({
  environment: NAME,
  servers: {
    one: { ...server, host: '192.0.2.1' },
    two: { ...server, host: '192.0.2.2' },
    three: { ...server, host: '192.0.2.3' },
  },
  services: {
    database: { kind: 'postgres', image: REFERENCE, primary: 'one', databases: ['main'], memory: '64MiB' },
  },
});

function find(name: string): SandboxServer {
  const found = held?.sandbox.servers.find((other) => other.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** Also where the network is cut. */
async function on(name: string, script: string, ...words: readonly string[]) {
  const argv = ['docker', 'exec', find(name).container, 'bash', '-c', script, 'test', ...words] as const;
  return runner.run({ argv, timeoutMs: 60_000 });
}

async function demand(name: string, script: string): Promise<string> {
  const result = await on(name, script);
  if (result.exitCode !== 0) throw new Error(`${script}: ${result.stderr}`);
  return result.stdout.trim();
}

async function fault(words: string): Promise<void> {
  const parsed = parseFault(words.split(' '));
  if (parsed.kind === 'mistake') throw new Error(parsed.message);
  await causeFault({ environment: NAME, runner, clock }, parsed);
}

async function reaches(from: string, to: string, port = 22): Promise<boolean> {
  return (await on(from, 'timeout 1 bash -c "</dev/tcp/$1/$2"', find(to).address, String(port))).exitCode === 0;
}

const LISTEN = `perl -MIO::Socket::INET -e '
  my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => 7000) or die;
  my $count = 0;
  local $SIG{ALRM} = sub { print $count; exit };
  alarm 3;
  while ($socket->recv(my $packet, 16)) { $count += 1 }'`;
const SEND = (address: string) => `perl -MIO::Socket::INET -e '
  my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => "${address}", PeerPort => 7000) or die;
  for (1 .. 500) { $socket->send("x"); select(undef, undef, undef, 0.002) }'`;

/** How many of 500 datagrams arrive. */
async function datagrams(from: string, to: string): Promise<number> {
  const listening = demand(to, LISTEN);
  await clock.sleep(300);
  // A packet that is dropped on its way out fails the call, and that is what a cut is.
  await on(from, SEND(find(to).address));
  return Number(await listening);
}

async function databaseAnswers(): Promise<boolean> {
  const probe = async () => {
    const result = await on('one', 'docker exec db psql -h 127.0.0.1 -U postgres -c "SELECT 1"');
    return result.exitCode === 0 ? true : undefined;
  };
  return (await pollUntil(probe, { intervalMs: 200, timeoutMs: 30_000, clock })) ?? false;
}

const sql = (statement: string) => on('one', 'docker exec db psql -h 127.0.0.1 -U postgres -Atc "$1"', statement);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-faults-'));
  const prepare = async () => {
    const names = ['server', 'registry', 'base', 'postgres'] as const;
    const [image, registry, base, postgres] = await buildImages({ runner, names, cacheDir: join(folder, 'images') });
    if (!image || !registry || !base || !postgres) throw new Error('the builder gives one image per request');
    return { server: image, registry, guard: base, endpoint: base, references: new Map([[REFERENCE, postgres]]) };
  };
  const shared = { environment, entryFolder: '/nowhere', secretNames: [], runner, clock, events: () => undefined };
  held = await holdSandbox({ ...shared, stateFolder: join(folder, 'state'), images: { prepare } });
  const image = held.sandbox.images.get(REFERENCE) ?? '';
  const settings = `-e POSTGRES_HOST_AUTH_METHOD=trust -e POSTGRES_INITDB_ARGS=--data-checksums -p 5432:5432`;
  const volume = `--label flotilla.service=database -v ${DATA}:/var/lib/postgresql/data --restart unless-stopped`;
  await demand('one', `docker run -d --name db ${volume} ${settings} ${image}`);
  if (!(await databaseAnswers())) throw new Error('the database does not answer');
});

afterAll(async () => {
  await held?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the network', () => {
  it('is cut between two servers both ways, for containers as well, and for nobody else', async () => {
    expect(await Promise.all([reaches('two', 'one', 5432), reaches('one', 'two')])).toEqual([true, true]);
    await fault('cut one two');
    const cut = [reaches('two', 'one', 5432), reaches('two', 'one'), reaches('one', 'two')];
    expect(await Promise.all(cut)).toEqual([false, false, false]);
    const others = [reaches('three', 'one', 5432), reaches('three', 'two'), reaches('one', 'three')];
    expect(await Promise.all(others)).toEqual([true, true, true]);
    await fault('mend one');
    expect(await Promise.all([reaches('two', 'one', 5432), reaches('one', 'two')])).toEqual([true, true]);
  });

  it('stays cut when one of the two loses its power', async () => {
    await fault('cut two three');
    await fault('kill two');
    await fault('boot two');
    expect(await Promise.all([reaches('two', 'three'), reaches('three', 'two')])).toEqual([false, false]);
    await fault('mend three');
    expect(await Promise.all([reaches('two', 'three'), reaches('three', 'two')])).toEqual([true, true]);
  });

  it('is cut in one direction alone', async () => {
    await fault('cut two->three');
    expect(await datagrams('two', 'three')).toBe(0);
    expect(await datagrams('three', 'two')).toBe(500);
    await fault('mend two');
    expect(await datagrams('two', 'three')).toBe(500);
  });

  it('loses some packets and not all', async () => {
    await fault('lossy two three 40');
    const arrived = await datagrams('two', 'three');
    expect(arrived).toBeGreaterThan(200);
    expect(arrived).toBeLessThan(400);
    await fault('mend two');
    expect(await datagrams('two', 'three')).toBe(500);
  });

  it('is cut for this machine alone', async () => {
    const { address } = find('two');
    const reach = () =>
      runner.run({ argv: ['timeout', '1', 'bash', '-c', `</dev/tcp/${address}/22`], timeoutMs: 5_000 });
    await fault('cut-controller two');
    expect(await reach()).not.toMatchObject({ exitCode: 0 });
    expect(await Promise.all([reaches('one', 'two'), reaches('two', 'one')])).toEqual([true, true]);
    await fault('mend two');
    expect(await reach()).toMatchObject({ exitCode: 0 });
  });
});

describe('mend', () => {
  it('brings back a server that is off, frozen or without its cable, and changes nothing of one that is well', async () => {
    for (const broken of ['kill three', 'pause three', 'disconnect three', 'mend three']) {
      await fault(broken);
      await fault('mend three');
      expect(await reaches('one', 'three')).toBe(true);
    }
  });

  it('thaws an engine', async () => {
    await fault('pause database@one');
    await fault('mend one');
    expect(await databaseAnswers()).toBe(true);
  });
});

describe('a disk', () => {
  it('is not filled while it is this machine’s', async () => {
    await expect(fault('fill database@one')).rejects.toMatchObject({ code: 'SANDBOX_FAULT_FAILED' });
  });

  it('gets full, refuses the engine, and works again with space', async () => {
    await sql('CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number');
    await fault('limit database@one 300');
    expect(await databaseAnswers()).toBe(true);
    await fault('fill database@one');
    const refused = await sql('CREATE TABLE big AS SELECT generate_series(1, 2000000) AS number');
    expect(refused.stderr).toMatch(/No space left on device|server closed the connection/);
    await fault('free database@one');
    expect(await databaseAnswers()).toBe(true);
    expect((await sql('CREATE TABLE small AS SELECT generate_series(1, 1000) AS number')).stdout).toBe('SELECT 1000\n');
    await fault('fill database@one');
    await fault('unlimit database@one');
    expect(await databaseAnswers()).toBe(true);
    expect(await demand('one', `findmnt -n "${DATA}" || ls -A "${DATA}" | grep -c -e ballast -e moving || true`)).toBe(
      '0',
    );
    expect((await sql('SELECT count(*) FROM kept')).stdout).toBe('1000\n');
  });

  it('returns other bytes than were written, and the engine notices', async () => {
    await sql('CREATE TABLE page AS SELECT generate_series(1, 50000) AS number');
    await sql('CHECKPOINT');
    const path = (await sql("SELECT pg_relation_filepath('page')")).stdout.trim();
    await fault(`corrupt database@one ${path}`);
    await fault('stop database@one');
    await fault('boot database@one');
    expect(await databaseAnswers()).toBe(true);
    expect((await sql('SELECT count(*) FROM page')).stderr).toContain('invalid page');
    await expect(fault('corrupt database@one base/none')).rejects.toMatchObject({ code: 'SANDBOX_FAULT_FAILED' });
    await fault('corrupt database@one');
  });

  it('is wiped when its engine stands still, and not before', async () => {
    await expect(fault('wipe database@one')).rejects.toMatchObject({ code: 'SANDBOX_FAULT_FAILED' });
    await fault('stop database@one');
    await fault('wipe database@one');
    expect(await demand('one', `ls -A ${DATA} | wc -l`)).toBe('0');
    await fault('boot database@one');
    expect(await databaseAnswers()).toBe(true);
    expect((await sql('SELECT count(*) FROM kept')).stderr).toContain('does not exist');
  });
});
