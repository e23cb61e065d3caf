import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import type { ProbeSpec } from '@flotilla/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { probeUnit } from './probe.ts';

let bin = '';
let answers: number[] = [];
let web: Server;
let port = 0;

/** The scripts run in the real shell with the real curl; only docker is a stand-in. */
const here: RemoteServer = {
  name: 'here',
  host: '127.0.0.1',
  run: async (command) => {
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    return { ...(await spawnRunner().run({ ...command, env })), unreachable: false };
  },
};

beforeAll(async () => {
  web = createServer((_request, response) => {
    response.statusCode = answers.shift() ?? 200;
    response.end();
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const address = web.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => void web.close());
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'bin-'));
  answers = [];
  docker('');
});
afterEach(() => rmSync(bin, { recursive: true }));

/** Installs a docker that knows one container, or none, whose inspect line is `state`. */
function docker(state: string): void {
  const ids = state === '' ? '' : 'echo c1';
  const script = `#!/bin/sh\ncase $1 in ps) ${ids || ':'} ;; inspect) echo "${state}" ;; logs) echo 'cannot open database' ;; esac\n`;
  writeFileSync(join(bin, 'docker'), script);
  chmodSync(join(bin, 'docker'), 0o755);
}

/** A gate that a good answer ends long before its grace, however busy the machine is. */
function http(host = '127.0.0.1', grace = 60_000): ProbeSpec {
  const health = { http: '/health', interval: 20, timeout: 5_000, fall: 3, rise: 2, grace };
  return { kind: 'http', host, port, path: '/health', health };
}

/** A gate that ends by its grace. */
const briefly = () => http('127.0.0.1', 1_000);

const probe = (spec: ProbeSpec) => probeUnit(here, { project: 'e-web', spec });
const outputs = (result: Awaited<ReturnType<typeof probe>>) =>
  result.kind === 'answered' ? result.samples.map(({ output }) => output) : [];

describe('http', () => {
  it('asks until enough good answers came in a row', async () => {
    answers = [503, 200, 500, 204, 200, 500];
    expect(outputs(await probe(http()))).toEqual(['HTTP 503', 'HTTP 200', 'HTTP 500', 'HTTP 204', 'HTTP 200']);
  });

  it('does not take a redirect for health', async () => {
    answers = Array.from({ length: 1_000 }, () => 302);
    const result = await probe(briefly());
    expect(result.kind === 'answered' && result.samples.some(({ isOk }) => isOk)).toBe(false);
  });

  it('brings the last lines of the log when the grace is over', async () => {
    answers = Array.from({ length: 1_000 }, () => 500);
    docker('running');
    expect(await probe(briefly())).toMatchObject({ kind: 'answered', logs: 'cannot open database' });
  });

  it('asks a container that publishes nothing by its own address', async () => {
    docker('127.0.0.1');
    expect(outputs(await probe(http('web')))).toEqual(['HTTP 200', 'HTTP 200']);
  });
});

const since = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

describe('container', () => {
  const spec: ProbeSpec = { kind: 'container', graceMs: 0 };

  it.each([
    ['running 2026-01-01T00:00:00.123456789Z 0 0 none', true],
    ['running 2026-01-01T00:00:00Z 0 0 healthy', true],
    ['running 2026-01-01T00:00:00Z 0 0 starting', false],
    ['running 2026-01-01T00:00:00Z 0 0 unhealthy', false],
    ['restarting 2026-01-01T00:00:00Z 4 1 none', false],
    ['exited 2026-01-01T00:00:00Z 0 137 none', false],
    ['', false],
  ])('takes %j for %s', async (state, isOk) => {
    docker(state);
    expect(await probeUnit(here, { project: 'e-web', spec, graceMs: 0 })).toMatchObject({ samples: [{ isOk }] });
  });

  it('waits for a container that only just started', async () => {
    docker(`running ${since(1)} 3 0 none`);
    expect(await probeUnit(here, { project: 'e-web', spec, graceMs: 0 })).toMatchObject({ samples: [{ isOk: false }] });
  });
});

describe('guard', () => {
  it('says what the guard said when there is no guard to be well', async () => {
    const result = await probe({ kind: 'guard', service: 'database', graceMs: 0 });
    expect(result).toMatchObject({ samples: [{ isOk: false }] });
    expect(outputs(result)[0]).toContain('curl');
  });

  it.each([
    [{ kind: 'closed', reason: 'db2 holds newer data' }, 'closed: db2 holds newer data'],
    [{ kind: 'yielded', to: 'group-replication' }, 'group-replication decides: running, role none'],
  ])('brings what the verdict %j says alone, not the whole status', async (verdict, said) => {
    const engine = { state: 'running', role: 'none', startId: 'x' };
    const status = JSON.stringify({ server: 'db1', record: null, verdict, engine, peers: {} });
    writeFileSync(join(bin, 'curl'), `#!/bin/sh\ncase "$*" in */status) echo '${status}' ;; *) exit 22 ;; esac\n`);
    chmodSync(join(bin, 'curl'), 0o755);
    const result = await probe({ kind: 'guard', service: 'database', graceMs: 0 });
    expect(outputs(result)).toEqual([said]);
  });
});
