import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Environment } from '@flotilla/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Command } from './command.ts';
import { recordingRunner } from './recording.ts';
import type { Reply } from './recording.ts';
import { spawnRunner } from './spawn.ts';
import { openSshFleet } from './ssh.ts';

const size = { cpus: 1, memory: 1, ssh: { user: 'flotilla', port: 22 } };
const environment: Environment = {
  environment: 'waybill',
  orchestrator: 'compose',
  servers: {
    gate: { host: '192.0.2.2', ...size },
    inner: { host: '2001:db8::7', ...size, ssh: { user: 'maria', port: 2222, via: 'gate' } },
  },
  services: {},
  backups: {},
  images: {},
  sandbox: false,
};

let controlDir = '';
beforeEach(() => void (controlDir = mkdtempSync(join(tmpdir(), 'c-'))));
afterEach(() => rmSync(controlDir, { recursive: true, force: true }));

function open(reply: Reply = {}, folder = controlDir) {
  const runner = recordingRunner(() => reply);
  const files = { identityFile: '/keys/my key', knownHostsFile: '/repo/known_hosts', controlDir: folder };
  return { runner, fleet: openSshFleet({ environment, runner, ...files }) };
}

function configOf(command: Command | undefined): string {
  return readFileSync(command?.argv[2] ?? '', 'utf8');
}

describe('openSshFleet', () => {
  it('opens nothing until it is asked', () => {
    expect(open().runner.commands).toEqual([]);
  });

  it('runs one quoted line on the named server, ended there as well when it overruns', async () => {
    const { runner, fleet } = open({ stdout: 'x' });
    const result = await fleet.server('gate').run({ argv: ['echo', "it's"], timeoutMs: 1_500 });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'x', unreachable: false });
    const [program, , , name, dashes, line] = runner.commands[0]?.argv ?? [];
    expect([program, name, dashes]).toEqual(['ssh', 'gate', '--']);
    expect(line).toMatch(/^sh -c '.*' flotilla -k 5 4 echo 'it'\\''s'$/);
  });

  it('configures every server strictly, with jump host, user and port', async () => {
    const { runner, fleet } = open();
    await fleet.server('inner').run({ argv: ['true'], timeoutMs: 1_000 });
    const config = configOf(runner.commands[0]);
    expect(config).toContain('Host inner\n  HostName 2001:db8::7\n  User maria\n  Port 2222\n');
    expect(config).toContain('ProxyJump gate\n');
    expect(config).toContain('Host gate\n  HostName 192.0.2.2\n  User flotilla\n  Port 22\n');
    expect(config).toContain('StrictHostKeyChecking yes\n  UserKnownHostsFile "/repo/known_hosts"\n');
    expect(config).toContain('IdentityFile "/keys/my key"\n');
  });

  it('keeps its control sockets private and short', async () => {
    const { runner, fleet } = open({}, join(tmpdir(), 'x'.repeat(90)));
    await fleet.server('gate').run({ argv: ['true'], timeoutMs: 1_000 });
    const config = configOf(runner.commands[0]);
    const sockets = [...config.matchAll(/ControlPath "(.*)"/g)].map((match) => match[1] ?? '');
    expect(new Set(sockets).size).toBe(2);
    expect(sockets.every((path) => path.length + 17 < 104)).toBe(true);
    expect(statSync(dirname(sockets[0] ?? '')).mode & 0o777).toBe(0o700);
    await fleet.close();
  });

  it('ends the connections it used, jump hosts too, and leaves no file', async () => {
    const { runner, fleet } = open();
    await fleet.server('inner').run({ argv: ['true'], timeoutMs: 1_000 });
    await fleet.close();
    expect(runner.commands.slice(1).map(({ argv }) => argv.slice(3))).toEqual([
      ['-O', 'exit', 'inner'],
      ['-O', 'exit', 'gate'],
    ]);
    expect(existsSync(runner.commands[0]?.argv[2] ?? '')).toBe(false);
  });

  it.each(['ssh: connect to host 192.0.2.2 port 22: No route to host\r\n', 'half of the outp', ''])(
    'says that nothing is known when ssh itself failed with %j',
    async (stderr) => {
      const { fleet } = open({ exitCode: 255, stderr });
      expect((await fleet.server('gate').run({ argv: ['true'], timeoutMs: 1_000 })).unreachable).toBe(true);
    },
  );

  it.each([
    ['No ED25519 host key is known for 192.0.2.2 and you have requested strict checking.\r\n'],
    ['@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n'],
  ])('tells a server whose key it refused from one that does not answer: %j', async (words) => {
    const { fleet } = open({ exitCode: 255, stderr: `${words}Host key verification failed.\r\n` });
    const result = await fleet.server('gate').run({ argv: ['true'], timeoutMs: 1_000 });
    expect(result).toMatchObject({ unreachable: true, hostKeyRefused: true });
    const { fleet: silent } = open({ exitCode: 255, stderr: `${words}Connection refused\r\n` });
    expect(await silent.server('gate').run({ argv: ['true'], timeoutMs: 1_000 })).not.toHaveProperty('hostKeyRefused');
  });

  it('tells a program that ended with 255 from an ssh that did', async () => {
    const { runner, fleet } = open();
    await fleet.server('gate').run({ argv: ['sh', '-c', 'echo oops >&2; exit 255'], timeoutMs: 5_000 });
    const onServer = await spawnRunner().run({
      argv: ['sh', '-c', runner.commands[0]?.argv[5] ?? ''],
      timeoutMs: 5_000,
    });
    const { fleet: second } = open(onServer);
    const result = await second.server('gate').run({ argv: ['true'], timeoutMs: 1_000 });
    expect(result).toMatchObject({ exitCode: 255, stderr: 'oops\n', unreachable: false });
  });
});
