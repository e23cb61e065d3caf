import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';
import { environmentSchema } from '@flotilla/model';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { BootedSandbox, Fault, HeldSandbox, SandboxServer } from '../src/index.ts';
import { causeFault, holdSandbox, readSecrets, upSandbox } from '../src/index.ts';

const runner = spawnRunner();
const clock = systemClock();
const NAME = 'sandboxtest';
const REFERENCE = 'example:1.0';

let held: HeldSandbox | undefined;
let folder = '';

const environment = environmentSchema.parse({
  environment: NAME,
  servers: {
    one: { host: '192.0.2.1', cpus: 1, memory: '1GiB', power: { qm: 101 } },
    two: { host: '192.0.2.2', cpus: 1, memory: '1GiB', ssh: { port: 2222 } },
  },
  services: { app: { kind: 'app', image: REFERENCE, on: ['one'], memory: '64MiB', port: 80 } },
});

/** What the engine refuses fails the test. */
async function docker(...args: readonly string[]): Promise<string> {
  const result = await runner.run({ argv: ['docker', ...args], timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

const upOptions = {
  environment,
  entryFolder: '/nowhere',
  secretNames: ['token'],
  images: {
    prepare: async () => {
      const names = ['server', 'registry', 'base'] as const;
      const [server, registry, base] = await buildImages({ runner, names, cacheDir: join(folder, 'images') });
      if (!server || !registry || !base) throw new Error('the builder gives one image per request');
      return { server, registry, guard: base, endpoint: base, references: new Map([[REFERENCE, base]]) };
    },
  },
  runner,
  clock,
  events: () => undefined,
};

const fault = (what: Fault) => causeFault({ environment: NAME, runner, clock }, what);

function sandbox(): BootedSandbox {
  if (held === undefined) throw new Error('the sandbox did not come up');
  return held.sandbox;
}

function server(name: string): SandboxServer {
  return sandbox().servers.find((other) => other.name === name)!;
}

async function ssh(name: string, command: string) {
  const { address, sshPort } = server(name);
  const settings = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'GlobalKnownHostsFile=/dev/null', 'ConnectTimeout=2'];
  const files = ['-i', sandbox().identityFile, '-o', `UserKnownHostsFile=${sandbox().knownHostsFile}`];
  const flags = settings.flatMap((setting) => ['-o', setting]);
  const line = [
    'ssh',
    '-F',
    '/dev/null',
    ...files,
    ...flags,
    '-p',
    String(sshPort),
    `root@${address}`,
    command,
  ] as const;
  return runner.run({ argv: line, timeoutMs: 30_000 });
}

async function reaches(name: string): Promise<boolean> {
  return (await ssh(name, 'true')).exitCode === 0;
}

/** What a container inside server `one` wrote last; also readable while the server is frozen. */
async function lastBeat(): Promise<string> {
  const script = 'docker cp "$1:/var/beat/now" - | tar -xO';
  const result = await runner.run({ argv: ['sh', '-c', script, 'beat', server('one').container], timeoutMs: 10_000 });
  return result.stdout.trim();
}

async function beats(): Promise<boolean> {
  const before = await lastBeat();
  const poll = { intervalMs: 100, timeoutMs: 1_000, clock };
  return (await pollUntil(async () => ((await lastBeat()) === before ? undefined : true), poll)) ?? false;
}

/** Whether the container that beats comes to be, within 10 s, what `wanted` says. */
async function settles(format: string, wanted: string): Promise<boolean> {
  const probe = async () => {
    const { stdout } = await ssh('one', `docker inspect -f '${format}' beat`);
    return stdout.trim() === wanted ? true : undefined;
  };
  return (await pollUntil(probe, { intervalMs: 100, timeoutMs: 10_000, clock })) ?? false;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-sandbox-'));
  held = await holdSandbox({ ...upOptions, stateFolder: join(folder, 'state') });
});

afterAll(async () => {
  await held?.close();
  await rm(folder, { recursive: true, force: true });
});

it('lets in who has the key and knows the host keys, on the port that the environment names', async () => {
  expect(await ssh('one', 'hostname')).toMatchObject({ exitCode: 0, stdout: 'one\n' });
  expect(await ssh('two', 'hostname')).toMatchObject({ exitCode: 0, stdout: 'two\n' });
  expect((await stat(sandbox().identityFile)).mode & 0o777).toBe(0o600);
  expect((await stat(sandbox().secretsFile)).mode & 0o777).toBe(0o600);
});

it('starts every unit that it does not mask', async () => {
  expect((await ssh('one', 'systemctl --failed --no-legend --plain')).stdout).toBe('');
});

it('gives an image to every server by its digest', async () => {
  const reference = sandbox().images.get(REFERENCE) ?? '';
  expect(reference).toMatch(/^registry:5000\/base@sha256:[0-9a-f]{64}$/);
  const pulls = await Promise.all(['one', 'two'].map((name) => ssh(name, `docker pull --quiet ${reference}`)));
  expect(pulls.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
});

it('freezes what runs inside a server, takes the power of a frozen one, and boots it again', async () => {
  const reference = sandbox().images.get(REFERENCE) ?? '';
  const beat = `sh -c 'while :; do date +%s%N > /beat/now; sleep 0.02; done'`;
  const label = '--label flotilla.service=beat';
  await ssh('one', `docker run -d --name beat ${label} --restart always -v /var/beat:/beat ${reference} ${beat}`);
  expect(await beats()).toBe(true);
  await fault({ kind: 'pause', server: 'one' });
  expect(await beats()).toBe(false);
  await fault({ kind: 'unpause', server: 'one' });
  expect(await beats()).toBe(true);
  await fault({ kind: 'pause', server: 'one' });
  await fault({ kind: 'kill', server: 'one' });
  expect(await docker('inspect', '-f', '{{.State.Running}}', server('one').container)).toBe('false');
  await fault({ kind: 'boot', server: 'one' });
  expect((await ssh('one', 'docker ps --format {{.Names}}')).stdout).toBe('beat\n');
});

it('crashes a service that restarts, and one that does not', async () => {
  await fault({ kind: 'kill-service', service: 'beat', server: 'one', restarts: true });
  expect(await settles('{{.RestartCount}} {{.State.Running}}', '1 true')).toBe(true);
  await fault({ kind: 'kill-service', service: 'beat', server: 'one', restarts: false });
  expect(await settles('{{.State.Status}} {{.State.ExitCode}}', 'exited 137')).toBe(true);
  await fault({ kind: 'boot-service', service: 'beat', server: 'one' });
  expect(await settles('{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}', 'true unless-stopped')).toBe(true);
  await expect(fault({ kind: 'kill-service', service: 'beet', server: 'one', restarts: true })).rejects.toMatchObject({
    code: 'SANDBOX_UNKNOWN_TARGET',
  });
});

it('reaches a server at its old address after its cable was out', async () => {
  await fault({ kind: 'disconnect', server: 'two' });
  expect(await reaches('two')).toBe(false);
  await fault({ kind: 'reconnect', server: 'two' });
  expect(await reaches('two')).toBe(true);
  expect((await ssh('two', 'docker pull --quiet registry:5000/none:1')).stderr).toContain('not found');
});

it('starts what stands when it is asked to come up again, and keeps the secrets', async () => {
  const secrets = await readSecrets(sandbox().secretsFile);
  await fault({ kind: 'disconnect', server: 'one' });
  await fault({ kind: 'kill', server: 'two' });
  const again = await upSandbox({ ...upOptions, secretNames: ['token', 'other'], stateFolder: sandbox().stateFolder });
  expect(again).toEqual(sandbox());
  expect(await Promise.all([reaches('one'), reaches('two')])).toEqual([true, true]);
  const later = await readSecrets(sandbox().secretsFile);
  expect([...later.keys()]).toEqual(['other', 'token']);
  expect(later.get('token')).toBe(secrets.get('token'));
});

it('comes back after all servers lost their power', async () => {
  await fault({ kind: 'reboot' });
  expect(await Promise.all([reaches('one'), reaches('two')])).toEqual([true, true]);
});

it('leaves nothing behind', async () => {
  const names = async () =>
    [
      await docker('ps', '-a', '--format', '{{.Names}}'),
      await docker('network', 'ls', '--format', '{{.Name}}'),
      await docker('volume', 'ls', '--filter', `label=flotilla.sandbox=${NAME}`, '-q'),
    ].join('\n');
  const volumes = await docker('inspect', '-f', '{{range .Mounts}}{{.Name}} {{end}}', server('one').container);
  expect(await names()).toContain(NAME);
  await held?.close();
  expect(await names()).not.toContain(NAME);
  const left = (await docker('volume', 'ls', '-q')).split('\n');
  expect(volumes.split(/\s+/).filter((name) => name !== '' && left.includes(name))).toEqual([]);
  await expect(stat(sandbox().stateFolder)).rejects.toMatchObject({ code: 'ENOENT' });
});
