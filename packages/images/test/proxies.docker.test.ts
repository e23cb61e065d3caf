import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

afterAll(async () => {
  await bench.close();
});

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: 'close' } });
  return (await response.text()).trim();
}

async function exitCode(container: string): Promise<number> {
  return Number((await bench.docker('wait', container)).stdout);
}

function haproxyConfig(word: string): string {
  return `
global
  log stdout format raw local0
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :80
  http-request return status 200 content-type text/plain string "${word}"
`;
}

function nginxConfig(word: string): string {
  return `server { listen 80; location / { return 200 "${word}"; } }\n`;
}

describe('haproxy', () => {
  let image: string;
  let folder: string;
  let container: string;
  let url: string;

  beforeAll(async () => {
    image = await bench.image('haproxy');
    folder = await bench.folder({ 'haproxy.cfg': haproxyConfig('one') });
    container = await bench.start({ image, mounts: { [folder]: '/usr/local/etc/haproxy' }, publish: 80 });
    ({ url } = await bench.address(container, 80));
    await bench.until('haproxy', () => get(url));
  });

  it('reads the official path and serves a low port as user 99', async () => {
    expect(await get(url)).toBe('one');
    const status = await bench.docker('exec', container, 'cat', '/proc/1/status');
    expect(status.stdout).toMatch(/^Uid:\s+99\s/m);
    expect((await bench.docker('exec', container, 'pwd')).stdout).toBe('/var/lib/haproxy\n');
  });

  it('reloads on SIGUSR2 and keeps what runs when the new file is wrong', async () => {
    await writeFile(join(folder, 'haproxy.cfg'), 'nonsense\n');
    await bench.docker('kill', '--signal', 'USR2', container);
    await bench.until('the refusal', async () => (await bench.docker('logs', container)).stderr.includes('nonsense'));
    expect(await get(url)).toBe('one');
    await writeFile(join(folder, 'haproxy.cfg'), haproxyConfig('two'));
    await bench.docker('kill', '--signal', 'USR2', container);
    await bench.until('the new file', async () => (await get(url)) === 'two');
  });

  it('runs in the foreground from bare flags and checks a file', async () => {
    const checked = await bench.start({
      image,
      mounts: { [folder]: '/cfg' },
      command: ['-c', '-f', '/cfg/haproxy.cfg'],
    });
    expect(await exitCode(checked)).toBe(0);
  });

  it('ends by itself on its stop signal', async () => {
    const stopped = await bench.docker('stop', '--time', '20', container);
    expect(stopped.durationMs).toBeLessThan(8_000);
    expect(await exitCode(container)).toBe(0);
  });
});

describe('nginx', () => {
  let folder: string;
  let container: string;
  let url: string;

  beforeAll(async () => {
    folder = await bench.folder({ 'default.conf': nginxConfig('one') });
    const scripts = await bench.folder({
      '10-note.sh': '#!/bin/sh\necho noted > /tmp/note\n',
      'skipped.sh': 'exit 1\n',
    });
    container = await bench.start({
      image: await bench.image('nginx'),
      mounts: { [folder]: '/etc/nginx/conf.d', [scripts]: '/docker-entrypoint.d' },
      publish: 80,
    });
    ({ url } = await bench.address(container, 80));
    await bench.until('nginx', () => get(url));
  });

  it('serves conf.d after the executable scripts of its init folder', async () => {
    expect(await get(url)).toBe('one');
    expect((await bench.docker('exec', container, 'cat', '/tmp/note')).stdout).toBe('noted\n');
  });

  it('logs to stdout', async () => {
    await get(`${url}/seen`);
    const log = await bench.until('the log', async () => (await bench.docker('logs', container)).stdout);
    expect(log).toContain('GET /seen ');
  });

  it('reloads', async () => {
    await writeFile(join(folder, 'default.conf'), nginxConfig('two'));
    expect((await bench.docker('exec', container, 'nginx', '-s', 'reload')).exitCode).toBe(0);
    await bench.until('the new file', async () => (await get(url)) === 'two');
  });

  it('ends by itself on its stop signal', async () => {
    const stopped = await bench.docker('stop', '--time', '20', container);
    expect(stopped.durationMs).toBeLessThan(8_000);
    expect(await exitCode(container)).toBe(0);
  });
});

it('registry answers without a login', async () => {
  const container = await bench.start({ image: await bench.image('registry'), publish: 5000 });
  const { url } = await bench.address(container, 5000);
  expect(await bench.until('the registry', () => get(`${url}/v2/_catalog`))).toBe('{"repositories":[]}');
});
