import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fakeClock, remoteScript, Secret } from '@flotilla/exec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { localServer } from '../../test/local-server.ts';
import type { LocalServer } from '../../test/local-server.ts';
import { sketchUnit } from '../../test/sketch.ts';
import { MARK_APPLIED, SWAP_AND_UP } from './change-scripts.ts';
import { runDetached } from './detached.ts';
import { pullImages } from './images.ts';
import { envLine, RESTORE_SECRETS, writeSecrets } from './secrets.ts';

const ROOT = '/var/lib/flotilla/waybill';
let server: LocalServer;
beforeEach(() => void (server = localServer()));
afterEach(() => server.remove());

const place = (...names: readonly string[]) => join(server.root, 'waybill', ...names);
const text = (...names: readonly string[]) => readFileSync(place(...names), 'utf8');
const run = (script: string, args: readonly string[]) =>
  server.run({ argv: remoteScript(script, args), timeoutMs: 10_000 });

const swap = (release: string, token = '7', ...reload: readonly string[]) =>
  run(SWAP_AND_UP, [ROOT, 'web', release, 'waybill-web', `${ROOT}/lock`, token, ...reload]);

const step = (id: string, script: string, ...args: readonly string[]) => ({
  folder: `${ROOT}/steps`,
  id,
  argv: remoteScript(script, args),
  limitSeconds: 5,
});

const mode = (...names: readonly string[]) => statSync(place('secrets', ...names)).mode & 0o777;

describe('swapping a release', () => {
  beforeEach(() => {
    for (const release of ['r1', 'r2']) mkdirSync(place('services', 'web', 'releases', release), { recursive: true });
    server.install('docker', `echo "$@" >>'${place('docker')}'; case $1 in ps) echo c1 ;; esac`);
  });
  it('points current at it and starts the project from there', async () => {
    await swap('r1');
    expect((await swap('r2')).exitCode).toBe(0);
    expect(readlinkSync(place('services', 'web', 'current'))).toBe('releases/r2');
    const compose = place('services', 'web', 'current', 'compose.yaml');
    const up = `compose -p waybill-web -f ${compose} up -d --remove-orphans --pull never --quiet-pull\n`;
    expect(text('docker')).toBe(up + up);
  });

  it('reloads inside the container, word for word', async () => {
    await swap('r1', '7', 'reload', 'kill', '-USR2', '1');
    expect(text('docker').split('\n').at(-2)).toBe('exec c1 kill -USR2 1');
  });

  it('keeps the old release when the new one is not there', async () => {
    await swap('r1');
    expect((await swap('r9')).exitCode).toBe(1);
    expect(readlinkSync(place('services', 'web', 'current'))).toBe('releases/r1');
  });

  it('waits for the step of a deploy that died, so that two never change the same containers', async () => {
    const log = place('docker');
    server.install('docker', `echo begin >>'${log}'; sleep 0.3; echo end >>'${log}'`);
    const results = await Promise.all([swap('r1'), swap('r2')]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(text('docker')).toBe('begin\nend\nbegin\nend\n');
  });

  it('does nothing once the lock was taken over', async () => {
    expect((await swap('r1', '6')).exitCode).toBe(76);
    expect(existsSync(place('services', 'web', 'current'))).toBe(false);
  });
});

it('records what was applied and keeps the last few releases', async () => {
  for (let index = 0; index < 8; index += 1)
    mkdirSync(place('services', 'web', 'releases', `r${index}`), { recursive: true });
  writeFileSync(place('services', 'web', 'failed'), 'r0\n');
  const { exitCode } = await run(MARK_APPLIED, [ROOT, 'web', 'r0', `${ROOT}/lock`, '7']);
  expect(exitCode).toBe(0);
  expect(text('services', 'web', 'applied')).toBe('r0\n');
  expect(existsSync(place('services', 'web', 'failed'))).toBe(false);
  const left = readdirSync(place('services', 'web', 'releases'));
  expect(left).toContain('r0');
  expect(left.length).toBeLessThanOrEqual(6);
});

describe('a detached step', () => {
  it('gives output and exit code', async () => {
    const result = await runDetached(server, step('a', 'echo "out $1"; echo err >&2; exit 3', "it's"), fakeClock());
    expect(result).toMatchObject({ exitCode: 3, stdout: "out it's\n", stderr: 'err\n' });
  });

  it('runs once, however often it is asked for', async () => {
    const count = step('a', `echo x >>'${place('count')}'; sleep 0.3`);
    await Promise.all([runDetached(server, count, fakeClock()), runDetached(server, count, fakeClock())]);
    await runDetached(server, count, fakeClock());
    expect(text('count')).toBe('x\n');
  });

  it('goes on when the connection ends', async () => {
    const slow = step('a', `sleep 0.4; echo done >'${place('done')}'`);
    const cut = new AbortController();
    const dying = {
      ...server,
      run: (command: Parameters<typeof server.run>[0]) => server.run({ ...command, signal: cut.signal }),
    };
    const running = runDetached(dying, slow, fakeClock());
    while (!existsSync(place('steps', 'a', 'out'))) await new Promise((resolve) => setImmediate(resolve));
    cut.abort();
    expect((await running).exitCode).toBe(-1);
    expect((await runDetached(server, slow, fakeClock())).exitCode).toBe(0);
    expect(text('done')).toBe('done\n');
  });
});

it('pulls what is missing and says what failed', async () => {
  server.install('docker', 'case "$1 $3" in "image here") exit 0 ;; image*) exit 1 ;; esac; [ "$3" = there ]');
  expect(await pullImages(server, ['here', 'there', 'nowhere'])).toMatchObject({
    pulled: ['there'],
    failed: ['nowhere'],
  });
});

describe('secrets on a server', () => {
  const { unit } = sketchUnit('app1', {
    service: 'web',
    secretEnv: [{ variable: 'KEY', secret: 'key' }],
    secretFiles: ['token'],
  });
  const write = (value: string, files: readonly string[] = ['token']) =>
    writeSecrets({ server, environment: 'waybill', token: 7 }, [{ ...unit, secretFiles: files }], {
      read: async (name) => new Secret(`${value} ${name}`),
    });
  it('are closed to others on the server, and readable where they are mounted', async () => {
    await write('first');
    expect([mode(), mode('web.env'), mode('web'), mode('web', 'token')]).toEqual([0o700, 0o600, 0o755, 0o444]);
    expect(text('secrets', 'web.env')).toBe("KEY='first key'\n");
    expect(text('secrets', 'web', 'token')).toBe('first token');
  });

  it('change inside the folder that a container has mounted, and go when they are used no more', async () => {
    await write('first', ['token', 'old']);
    const folder = statSync(place('secrets', 'web')).ino;
    await write('second');
    expect(statSync(place('secrets', 'web')).ino).toBe(folder);
    expect(readdirSync(place('secrets', 'web'))).toEqual(['token']);
    expect(text('secrets', 'web', 'token')).toBe('second token');
  });

  it('return to what they were', async () => {
    await write('first', ['token', 'old']);
    await write('second');
    await run(RESTORE_SECRETS, [ROOT, 'web']);
    expect(text('secrets', 'web.env')).toBe("KEY='first key'\n");
    expect(readdirSync(place('secrets', 'web')).toSorted()).toEqual(['old', 'token']);
    expect(text('secrets', 'web', 'token')).toBe('first token');
  });
});

it.each([
  ['plain', "K='plain'\n"],
  ['$HOME "x" #y', `K='$HOME "x" #y'\n`],
  [`it's $5`, `K="it's \\$5"\n`],
  ['two\nlines', 'K="two\\nlines"\n'],
])('writes the value %j so that Compose reads the same', (value, line) => {
  expect(envLine('K', value)).toBe(line);
});
