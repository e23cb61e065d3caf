import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { isolate, liftIsolation, listIsolated } from './isolate.ts';
import { fleetWith, target } from './testing.ts';

const NAMES = ['app1', 'app2', 'db1', 'db2'];
const UNREACHABLE = { exitCode: 255, stdout: '', stderr: '', durationMs: 0, timedOut: false, unreachable: true };

let folder = '';

/** Each server's /etc is a folder of this test, its nft a script that keeps what it was told; the scripts run in the real shell. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolate-'));
  for (const name of NAMES) {
    mkdirSync(join(folder, name, 'etc', 'systemd', 'system'), { recursive: true });
    const bin = join(folder, name, 'bin');
    mkdirSync(bin);
    const rules = join(folder, name, 'in-force');
    script(bin, 'nft', `case $1 in -f) cp "$2" ${rules} ;; *) cat ${rules} ;; esac`);
    script(bin, 'id', 'echo 0');
    // Whatever port is tried is silent.
    script(bin, 'timeout', 'exit 1');
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(bin: string, name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** On this server the rules cannot be loaded. */
function breakNft(name: string): void {
  script(join(folder, name, 'bin'), 'nft', 'echo "no nft" >&2; exit 1');
}

function openFleet(lostAfter: Readonly<Record<string, number>> = {}): RemoteFleet {
  const runner = spawnRunner();
  const asked = new Map<string, number>();
  const servers = NAMES.map((name): RemoteServer => ({
    name,
    host: '127.0.0.1',
    run: async ({ argv, ...rest }) => {
      const times = (asked.get(name) ?? 0) + 1;
      asked.set(name, times);
      if (times > (lostAfter[name] ?? Infinity)) return UNREACHABLE;
      const [program, ...args] = argv.map((word) => word.replaceAll('/etc/', `${join(folder, name, 'etc')}/`));
      const env = { PATH: `${join(folder, name, 'bin')}:${process.env['PATH'] ?? ''}` };
      return { ...(await runner.run({ ...rest, env, argv: [program ?? '', ...args] })), unreachable: false };
    },
  }));
  return fleetWith(servers);
}

function drops(name: string): boolean {
  const rules = join(folder, name, 'in-force');
  return existsSync(rules) && readFileSync(rules, 'utf8').includes('drop');
}

const request = { server: 'db1', keepsPart: false };

test('an isolation that every other server confirms stays, is listed with its time, and is lifted', async () => {
  const fleet = openFleet();
  expect(await isolate(fleet, target, request)).toEqual({ isolated: ['app1', 'app2', 'db2'], failed: [], left: [] });
  expect(['app1', 'app2', 'db2'].map(drops)).toEqual([true, true, true]);
  const [listed, ...rest] = await listIsolated(fleet);
  expect(listed).toMatchObject({ server: 'db1', on: ['app1', 'app2', 'db2'] });
  expect(Math.abs(Date.parse(listed?.since ?? '') - Date.now())).toBeLessThan(60_000);
  expect(rest).toEqual([]);
  expect(await liftIsolation(fleet, 'db1')).toMatchObject({ failed: [] });
  expect(['app1', 'app2', 'db2'].map(drops)).toEqual([false, false, false]);
  expect(await listIsolated(fleet)).toEqual([]);
});

test('an isolation that fails on one server is taken back on the others', async () => {
  breakNft('app2');
  const fleet = openFleet();
  const result = await isolate(fleet, target, request);
  expect(result).toMatchObject({ isolated: ['app1', 'db2'], failed: [expect.stringMatching(/^app2: /)] });
  expect(['app1', 'db2'].map(drops)).toEqual([false, false]);
  // Its rules were never loaded; that it cannot say so is told.
  expect(result.left).toEqual(['app2']);
});

test('a server that is lost while the isolation is taken back is named', async () => {
  const fleet = openFleet({ app2: 0, db2: 1 });
  const result = await isolate(fleet, target, request);
  expect(result).toMatchObject({ isolated: ['app1', 'db2'], left: ['db2'] });
  expect(drops('app1')).toBe(false);
  expect(drops('db2')).toBe(true);
  expect(await listIsolated(openFleet())).toMatchObject([{ server: 'db1', on: ['db2'] }]);
});

test('an older isolation, which was a proof, outlives a later attempt that fails', async () => {
  await isolate(openFleet(), target, request);
  const result = await isolate(openFleet({ app2: 0 }), target, request);
  expect(result).toMatchObject({ isolated: ['app1', 'db2'], left: ['app1', 'db2'] });
  expect(['app1', 'db2'].map(drops)).toEqual([true, true]);
});

test('behind the words of a person, the part that works stays, and where is said', async () => {
  const result = await isolate(openFleet({ app2: 0 }), target, { ...request, keepsPart: true });
  expect(result).toMatchObject({ isolated: ['app1', 'db2'], left: ['app1', 'db2'] });
  expect(['app1', 'db2'].map(drops)).toEqual([true, true]);
});
