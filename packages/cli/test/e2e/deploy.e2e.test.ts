import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { cutSsh, mendSsh, start, until } from './support/cut.ts';
import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';
import { releases, underLoad, visit } from './support/page.ts';
import { askEdge, containerStarts, footprint, inside, locked, maintained, replaced } from './support/servers.ts';

const NAME = 'deploytest';
const DEPLOY = ['deploy', NAME, '--sandbox'] as const;
const PLAN = ['plan', NAME, '--sandbox', '--exit-code'] as const;
/** Exit codes of the CLI, by what they mean. */
const [DONE, FAILED, INVALID, CHANGES, PARTLY] = [0, 1, 2, 3, 5] as const;

/** How the application is asked for its health, and the same with less patience for a release that will not become well. */
const PATIENT = 'port: 3000\n    health: { http: /health, ';
const IMPATIENT = `${PATIENT}grace: 15s, `;

let opened: TestFleet | undefined;

beforeAll(async () => {
  opened = await openFleet(NAME);
});

afterAll(() => opened?.close());

function fleet(): TestFleet {
  if (opened === undefined) throw new Error('the fleet did not come up');
  return opened;
}

const run = (exitCode: number, ...words: readonly string[]) => fleet().expect(exitCode, ...words);
const edit = (from: string, to: string) => fleet().repository.edit(from, to);
const print = (text: string) => void process.stdout.write(`    ${text}\n`);

/** Changes a value of both application servers' containers, so that a deploy replaces them. */
let cacheStore = 'database';
async function changeApplication(): Promise<void> {
  const next = cacheStore === 'database' ? 'array' : 'database';
  await edit(`CACHE_STORE: ${cacheStore}`, `CACHE_STORE: ${next}`);
  cacheStore = next;
}

/** Fails unless the whole fleet runs what the environment says, nothing is locked and nothing is out of rotation. */
async function expectSettled(): Promise<void> {
  await run(DONE, ...PLAN);
  expect(await maintained(fleet())).toEqual([]);
  expect(await locked(fleet())).toEqual([]);
  for (const entry of ['app1', 'app2'])
    expect(await visit(fleet(), { SERVERID: entry })).toMatchObject({ status: 200 });
}

describe('a deployed fleet', () => {
  it('keeps a browser on its server and shares its session with the other', async () => {
    const first = await visit(fleet());
    expect(first).toMatchObject({ status: 200, counter: 1, release: '4.2.0' });
    const { entry = '', session = '' } = first;
    expect(['app1', 'app2']).toContain(entry);
    const again = await visit(fleet(), { SERVERID: entry, waybill_session: session });
    expect(again).toMatchObject({ server: first.server, counter: 2 });
    const other = entry === 'app1' ? 'app2' : 'app1';
    const elsewhere = await visit(fleet(), { SERVERID: other, waybill_session: session });
    expect(elsewhere).toMatchObject({ session, counter: 3 });
    expect(elsewhere.server).not.toBe(first.server);
  });

  it('is not touched by a second deploy of the same tree', async () => {
    const before = await footprint(fleet());
    const { stdout, durationMs } = await run(DONE, ...DEPLOY);
    expect(stdout).toContain('nothing to do');
    expect(await footprint(fleet())).toEqual(before);
    print(`no-op deploy of five servers: ${durationMs} ms (aim 1,000 ms)`);
  });
});

describe('what is refused', () => {
  it('touches nothing: an unknown server, a stale plan, a wrong host key', async () => {
    const before = await footprint(fleet());
    const { knownHostsFile } = fleet().sandbox;
    const known = await readFile(knownHostsFile, 'utf8');
    await edit('balance: roundrobin', 'balance: source');
    onTestFinished(async () => {
      await writeFile(knownHostsFile, known);
      await edit('balance: source', 'balance: roundrobin');
    });
    expect((await run(INVALID, ...DEPLOY, '--server', 'app3')).stderr).toContain('CLI_UNKNOWN_SERVER');
    expect((await run(INVALID, ...DEPLOY, '--plan', '0'.repeat(64))).stderr).toContain('CLI_STALE_PLAN');
    await writeFile(knownHostsFile, withSwappedKeys(known, fleet()));
    expect((await run(FAILED, ...DEPLOY)).stderr).toContain('DEPLOY_HOST_KEY_REFUSED');
    expect(await footprint(fleet())).toEqual(before);
  });

  it('touches nothing: an image that cannot be pulled', async () => {
    const { environmentFile } = fleet().sandbox;
    const text = await readFile(environmentFile, 'utf8');
    onTestFinished(() => writeFile(environmentFile, text));
    await writeFile(environmentFile, text.replaceAll(/(waybill@sha256:)[0-9a-f]{64}/g, `$1${'0'.repeat(64)}`));
    const before = await footprint(fleet());
    expect((await run(FAILED, ...DEPLOY)).stderr).toContain('DEPLOY_PULL_FAILED');
    expect(await footprint(fleet())).toEqual(before);
    expect(await locked(fleet())).toEqual([]);
  });
});

describe('a change', () => {
  it('of configuration alone reloads the balancer in place', async () => {
    const before = await containerStarts(fleet());
    await edit('balance: roundrobin', 'balance: leastconn');
    const planned = await run(CHANGES, ...PLAN);
    expect(planned.stdout).toContain('lb: reload edge');
    const { load } = await underLoad(fleet(), () => run(DONE, ...DEPLOY));
    expect(load.failed).toEqual([]);
    expect(await containerStarts(fleet())).toEqual(before);
    expect(await askEdge(fleet(), 'show stat -1 2 -1')).toContain('leastconn');
    print(`reload of the balancer: ${load.requests} requests, 0 failed, longest gap ${load.longestGapMs} ms`);
  });

  it('of the release replaces the application alone, server by server, and no request fails', async () => {
    const before = await containerStarts(fleet());
    await edit('waybill:4.2.0', 'waybill:4.3.0');
    await run(DONE, 'up', NAME);
    const { load, result } = await underLoad(fleet(), () => run(DONE, ...DEPLOY));
    expect(load.failed).toEqual([]);
    expect(await releases(fleet())).toEqual({ app1: '4.3.0', app2: '4.3.0' });
    expect(replaced(before, await containerStarts(fleet()))).toEqual([
      'app1/app',
      'app1/queue',
      'app2/app',
      'app2/queue',
    ]);
    print(
      `new release in ${result.durationMs} ms: ${load.requests} requests, 0 failed, longest gap ${load.longestGapMs} ms`,
    );
  });

  it('to a bad release is returned on the first server and never reaches the other', async () => {
    const before = await containerStarts(fleet());
    await edit('waybill:4.3.0', 'waybill:4.4.0-broken');
    await edit(PATIENT, IMPATIENT);
    onTestFinished(async () => {
      await edit('waybill:4.4.0-broken', 'waybill:4.3.0');
      await edit(IMPATIENT, PATIENT);
      await run(DONE, 'up', NAME);
      await expectSettled();
    });
    await run(DONE, 'up', NAME);
    const { load, result } = await underLoad(fleet(), () => run(FAILED, ...DEPLOY));
    expect(load.failed).toEqual([]);
    expect(result.stderr).toContain('DEPLOY_GATE_FAILED');
    expect(result.stdout).toMatch(/app1: .*\bapp returned/);
    expect(await releases(fleet())).toEqual({ app1: '4.3.0', app2: '4.3.0' });
    expect(replaced(before, await containerStarts(fleet())).filter((unit) => !unit.startsWith('app1/'))).toEqual([]);
    expect(await maintained(fleet())).toEqual([]);
    print(`bad release returned in ${result.durationMs} ms: ${load.requests} requests, 0 failed`);
  });
});

describe('a deploy that is cut', () => {
  it('with its whole machine while images are pulled leaves everything as it was', async () => {
    const before = await containerStarts(fleet());
    await edit('waybill:4.3.0', 'waybill:4.5.0');
    await run(DONE, 'up', NAME);
    const registry = `flotilla-${NAME}-sandbox.registry`;
    await engine('pause', registry);
    const deploy = start(fleet(), ...DEPLOY);
    await until(
      'a pull on app1',
      async () => (await inside(fleet(), 'app1', 'pgrep -fc "^docker pull" || true')) !== '0',
    );
    deploy.kill();
    await deploy.ended;
    await engine('unpause', registry);
    expect(replaced(before, await containerStarts(fleet()))).toEqual([]);
    // Nobody is asked to break the lock: it ends by itself.
    const { durationMs } = await run(DONE, ...DEPLOY);
    print(`next deploy, waiting for the lock of the dead one: ${durationMs} ms`);
    expect(await releases(fleet())).toEqual({ app1: '4.5.0', app2: '4.5.0' });
    await expectSettled();
  });

  it('from a server that is out of rotation ends, and the next one goes on', async () => {
    await changeApplication();
    const { load } = await underLoad(fleet(), async () => {
      const deploy = start(fleet(), ...DEPLOY);
      await until('app1 out of rotation', async () => (await maintained(fleet())).includes('app1'));
      await cutSsh(fleet(), 'app1');
      const { exitCode, durationMs } = await deploy.ended;
      await mendSsh(fleet(), 'app1');
      expect(exitCode).toBe(FAILED);
      expect(await maintained(fleet())).toEqual([]);
      await run(DONE, 'unlock', NAME, '--sandbox');
      const next = await run(DONE, ...DEPLOY);
      print(`gave up after ${durationMs} ms; next deploy: ${next.durationMs} ms`);
    });
    expect(load.failed).toEqual([]);
    await expectSettled();
  });

  it('with its whole machine between two servers is continued by the next one', async () => {
    await changeApplication();
    const { load } = await underLoad(fleet(), async () => {
      const deploy = start(fleet(), ...DEPLOY);
      await until('app2 out of rotation', async () => (await maintained(fleet())).includes('app2'));
      deploy.kill();
      await deploy.ended;
      await run(DONE, 'unlock', NAME, '--sandbox');
      const next = await run(DONE, ...DEPLOY);
      print(`next deploy: ${next.durationMs} ms`);
    });
    expect(load.failed).toEqual([]);
    await expectSettled();
  });
});

describe('a fleet', () => {
  it('without one of its servers is deployed in part, and wholly once it is back', async () => {
    await changeApplication();
    await run(DONE, 'fault', NAME, 'disconnect', 'app2');
    expect((await run(PARTLY, 'plan', NAME, '--sandbox')).stdout).toContain('app2: no answer');
    const { stdout } = await run(PARTLY, ...DEPLOY);
    expect(stdout).toContain('app2: offline, left for the next deploy');
    expect(await maintained(fleet())).toEqual([]);
    await run(DONE, 'fault', NAME, 'reconnect', 'app2');
    await run(DONE, ...DEPLOY);
    await expectSettled();
  });

  it('comes back healthy by itself after a reboot of every server at once', async () => {
    const startedAt = performance.now();
    await run(DONE, 'fault', NAME, 'reboot');
    const bootedMs = performance.now() - startedAt;
    const status = async () => (await fleet().repository.flotilla('status', NAME, '--sandbox')).exitCode;
    await until('status is well', async () => (await status()) === DONE);
    for (const entry of ['app1', 'app2'])
      await until(`the page answers through ${entry}`, async () => isServedBy(entry));
    const wellMs = performance.now() - startedAt;
    print(`after a reboot of all: SSH after ${Math.round(bootedMs)} ms, healthy after ${Math.round(wellMs)} ms`);
    expect((await run(DONE, ...DEPLOY)).stdout).toContain('nothing to do');
    await expectSettled();
  });
});

/** Until an entry is back, the balancer passes its clients on to the other one and tells them, or has nobody for them. */
async function isServedBy(entry: string): Promise<boolean> {
  const page = await visit(fleet(), { SERVERID: entry }).catch(() => undefined);
  return page?.status === 200 && page.entry === undefined;
}

/** Runs a command of this machine's engine, which must succeed. */
async function engine(...args: readonly string[]): Promise<void> {
  const result = await fleet().runner.run({ argv: ['docker', ...args], timeoutMs: 30_000 });
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`);
}

/** Gives the known hosts with app1's key on app2's line. */
function withSwappedKeys(known: string, { sandbox }: TestFleet): string {
  const addressOf = (server: string) => sandbox.servers.find(({ name }) => name === server)?.address ?? '';
  const keyOf = (server: string) =>
    known
      .split('\n')
      .find((line) => line.startsWith(`${addressOf(server)} `))
      ?.slice(addressOf(server).length + 1);
  const [own, foreign] = [keyOf('app2'), keyOf('app1')];
  if (own === undefined || foreign === undefined) throw new Error('the sandbox pins no keys');
  return known.replace(own, foreign);
}
