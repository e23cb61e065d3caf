import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

let bench: Bench;
let image: string;

beforeAll(async () => {
  bench = await openBench();
  image = await bench.image('redis');
});

afterAll(async () => {
  await bench.close();
});

async function ask(container: string, ...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.docker('exec', container, 'redis-cli', ...words);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function ready(container: string, ...words: readonly string[]): Promise<void> {
  await bench.until('an answer', async () => (await ask(container, ...words, 'PING')) === 'PONG');
}

describe('the server', () => {
  it('takes a leading option for its own, runs as user 999 and keeps its files to itself', async () => {
    const container = await bench.start({ image, command: ['--appendonly', 'yes'] });
    await ready(container);
    expect(await ask(container, 'CONFIG', 'GET', 'appendonly')).toBe('appendonly\nyes');
    const { stdout } = await bench.docker('exec', container, 'cat', '/proc/1/comm', '/proc/1/status');
    expect(stdout).toMatch(/^redis-server\n/);
    expect(stdout).toMatch(/^Uid:\s+999\s/m);
    expect(stdout).toMatch(/^Umask:\s+0077$/m);
  });

  it('keeps its data over a restart that a signal began', async () => {
    const container = await bench.start({ image });
    await ready(container);
    await ask(container, 'SET', 'kept', 'yes');
    const stopped = await bench.docker('stop', '--time', '20', container);
    expect(stopped.durationMs).toBeLessThan(5_000);
    expect((await bench.docker('inspect', '-f', '{{.State.ExitCode}}', container)).stdout.trim()).toBe('0');
    await bench.docker('start', container);
    await ready(container);
    expect(await ask(container, 'GET', 'kept')).toBe('yes');
  });

  it('takes a leading configuration file for its own, and lets that decide about protected mode', async () => {
    const folder = await bench.folder({ 'a.conf': 'maxmemory 3mb\n', 'b.conf': 'protected-mode yes\n' });
    const mounts = { [folder]: '/etc/own' };
    const open = await bench.start({ image, mounts, command: ['/etc/own/a.conf'] });
    const guarded = await bench.start({ image, mounts, command: ['/etc/own/b.conf'] });
    await Promise.all([ready(open), ready(guarded)]);
    expect(await ask(open, 'CONFIG', 'GET', 'maxmemory')).toBe('maxmemory\n3145728');
    expect(await ask(open, 'CONFIG', 'GET', 'protected-mode')).toBe('protected-mode\nno');
    expect(await ask(guarded, 'CONFIG', 'GET', 'protected-mode')).toBe('protected-mode\nyes');
  });

  it('leaves other programs alone', async () => {
    const container = await bench.start({ image, command: ['redis-check-aof', '--version'] });
    await bench.docker('wait', container);
    expect((await bench.docker('logs', container)).stdout).toMatch(/^redis-check-aof v=8\./);
  });
});

it('Sentinel watches a primary and writes what it learns into its own file', async () => {
  await bench.start({ image, alias: 'watched' });
  const config =
    'sentinel resolve-hostnames yes\\nsentinel monitor lab watched 6379 1\\nsentinel down-after-milliseconds lab 5000\\n';
  const start = `mkdir /own && printf '${config}' > /own/sentinel.conf && exec docker-entrypoint.sh redis-sentinel /own/sentinel.conf`;
  const container = await bench.start({ image, command: ['sh', '-c', start] });
  await ready(container, '-p', '26379');
  const reachable = async () => (await ask(container, '-p', '26379', 'SENTINEL', 'CKQUORUM', 'lab')).startsWith('OK');
  await bench.until('the primary', reachable);
  const { stdout } = await bench.docker('exec', container, 'cat', '/own/sentinel.conf', '/proc/1/status');
  expect(stdout).toMatch(/^sentinel myid \w{40}$/m);
  expect(stdout).toMatch(/^Uid:\s+999\s/m);
});
