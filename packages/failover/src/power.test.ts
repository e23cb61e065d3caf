import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Secret, spawnRunner, systemClock } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askPower, fence } from './fence.ts';
import { openPower } from './power.ts';

const PASSWORD = 'quo"ted \\ and spaced';
const secrets = { read: () => Promise.resolve(new Secret(PASSWORD)) };
const runner = spawnRunner();

test('a Proxmox guest is stopped, asked and started on its host', async () => {
  const ssh = ['ssh', '-o', 'BatchMode=yes', 'root@192.0.2.2', '--'];
  const driver = await openPower({ qm: 113, via: '192.0.2.2' }, undefined);
  expect(driver.off).toEqual({ argv: [...ssh, 'qm', 'stop', '113'] });
  expect(driver.status).toEqual({ argv: [...ssh, 'qm', 'status', '113'] });
  expect(driver.on).toEqual({ argv: [...ssh, 'qm', 'start', '113'] });
  expect(driver.offState(answer('status: stopped\n'))).toBe('status: stopped');
  expect(driver.offState(answer('status: running\n'))).toBeUndefined();
});

test('a board is asked over IPMI without its password in the arguments', async () => {
  const driver = await openPower({ ipmi: { address: '192.0.2.30', user: 'admin', password: 'board' } }, secrets);
  expect(driver.off.argv.slice(-3)).toEqual(['chassis', 'power', 'off']);
  expect(driver.off.env).toEqual({ IPMI_PASSWORD: PASSWORD });
  for (const { argv } of [driver.off, driver.status, driver.on ?? driver.off])
    expect(argv.join(' ')).not.toContain(PASSWORD);
  expect(driver.offState(answer('Chassis Power is off\n'))).toBe('Chassis Power is off');
  expect(driver.offState(answer('Chassis Power is on\n'))).toBeUndefined();
});

test('a driver is asked as a fence would, and says whether it answers', async () => {
  const asking = (...status: readonly string[]) =>
    askPower({ off: ['false'], status: [...status], offWhen: 'stopped' }, { runner });
  expect(await asking('echo', 'running')).toEqual({
    asked: 'echo running',
    answers: true,
    isOff: false,
    detail: 'running',
  });
  expect(await asking('echo', 'stopped')).toMatchObject({ answers: true, isOff: true });
  expect(await asking('sh', '-c', 'echo no route >&2; exit 255')).toMatchObject({ answers: false, detail: 'no route' });
  const missing = new FlotillaError('CLI_NO_SECRET', { name: 'board', path: 'secrets.sops.yaml' });
  const board = { ipmi: { address: '192.0.2.30', user: 'admin', password: 'board' } };
  const without = { read: () => Promise.reject(missing) };
  expect(await askPower(board, { runner, secrets: without })).toMatchObject({
    answers: false,
    detail: missing.message,
  });
});

function answer(stdout: string) {
  return { exitCode: 0, stdout, stderr: '', durationMs: 0, timedOut: false };
}

describe('a board that speaks Redfish', () => {
  let folder = '';
  let board: Server;
  let port = 0;
  let pin = '';
  const heard: string[] = [];
  const state = { power: 'On' };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'board-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const made = await runner.run({
      argv: [
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=board',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
      timeoutMs: 20_000,
    });
    if (made.exitCode !== 0) throw new Error(made.stderr);
    const hash = `openssl x509 -in "$1" -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`;
    const hashed = await runner.run({ argv: ['sh', '-c', hash, 'hash', certificate], timeoutMs: 20_000 });
    pin = `sha256//${hashed.stdout.trim()}`;
    board = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
      const authorized =
        request.headers.authorization === `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push(`${request.method} ${request.url} ${body}`.trim());
        if (!authorized) return response.writeHead(401).end();
        if (request.method === 'GET') {
          return response
            .setHeader('content-type', 'application/json')
            .end(JSON.stringify({ Id: '1', PowerState: state.power }));
        }
        state.power = body.includes('ForceOff') ? 'Off' : 'On';
        return response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => board.listen(0, '127.0.0.1', resolve));
    const address = board.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });

  afterAll(() => {
    board.close();
    rmSync(folder, { recursive: true });
  });

  const redfish = (change: object = {}) => ({
    redfish: { address: `127.0.0.1:${port}`, system: '1', user: 'admin', password: 'board', pin, ...change },
  });

  const cut = (power: ReturnType<typeof redfish>, clock = systemClock()) => {
    const remote = { name: 'db1', host: '192.0.2.13', run: () => Promise.reject(new Error('the server is dead')) };
    const isolate = () => Promise.resolve({ isolated: [], failed: ['app1: no answer'], left: [] });
    return fence(
      { remote, container: 'waybill-database', power, reachable: false },
      { runner, clock, secrets, isolate },
    );
  };

  test('is told to force the machine off, and believed when it says so', async () => {
    expect(await cut(redfish())).toMatchObject({ kind: 'powered-off', evidence: expect.stringContaining('"Off"') });
    expect(heard).toEqual([
      'POST /redfish/v1/Systems/1/Actions/ComputerSystem.Reset {"ResetType":"ForceOff"}',
      'GET /redfish/v1/Systems/1',
    ]);
  });

  test('switches the machine on', async () => {
    const driver = await openPower(redfish(), secrets);
    const { exitCode } = await runner.run({ ...(driver.on ?? driver.off), timeoutMs: 10_000 });
    expect([exitCode, state.power]).toEqual([0, 'On']);
  });

  test('is not spoken to when it shows another key than the pinned one, and hears no password', async () => {
    heard.length = 0;
    const driver = await openPower(redfish({ pin: `sha256//${'A'.repeat(43)}=` }), secrets);
    const { exitCode } = await runner.run({ ...driver.off, timeoutMs: 10_000 });
    expect(exitCode).not.toBe(0);
    expect(heard).toEqual([]);
  });

  test('never sees the password among the arguments', async () => {
    const { off, status, on } = await openPower(redfish(), secrets);
    for (const { argv } of [off, status, on ?? off]) expect(argv.join(' ')).not.toContain('quo');
  });

  test('is no proof while the machine stays on', async () => {
    state.power = 'On';
    const driver = await openPower(redfish(), secrets);
    expect(driver.offState(await runner.run({ ...driver.status, timeoutMs: 10_000 }))).toBeUndefined();
    expect(driver.offState({ ...answer('{"PowerState":"Off"}'), exitCode: 22 })).toBeUndefined();
  });
});
