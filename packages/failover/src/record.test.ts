import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fakeClock, recordingRunner, spawnRunner } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { viewOf } from './policy/testing.ts';
import { parseMemory, readMemory, recorded } from './record.ts';
import type { DataTierRecord, FailoverReport } from './report.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';
import { fleetWith, target } from './testing.ts';

const NAMES = ['lb', 'db1', 'db2'];

let folder = '';
const written: DataTierRecord[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  written.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Servers whose /var/lib/flotilla are folders of this test; the scripts run in the real shell. */
function localFleet(dead: readonly string[] = []): RemoteFleet {
  const runner = spawnRunner();
  const servers = NAMES.map((name): RemoteServer => ({
    name,
    host: '192.0.2.1',
    run: async ({ argv, ...rest }) => {
      if (dead.includes(name))
        return { exitCode: 255, stdout: '', stderr: '', durationMs: 0, timedOut: false, unreachable: true };
      const [program, ...args] = argv.map((word) => word.replaceAll('/var/lib/flotilla', join(folder, name)));
      return { ...(await runner.run({ ...rest, argv: [program ?? '', ...args] })), unreachable: false };
    },
  }));
  return fleetWith(servers);
}

function sessionOn(fleet: RemoteFleet, atMs = 0): Session {
  const runner = recordingRunner(() => undefined);
  const onRecord = (record: DataTierRecord) => void written.push(record);
  const tools = {
    fleet,
    target,
    runner,
    clock: fakeClock(atMs),
    power: {},
    holder: "maria's laptop",
    why: 'db1 is down',
  };
  return openSession({ ...tools, onEvent: () => undefined, onRecord });
}

function reportOf(kind: 'failover' | 'switchover', change: Partial<FailoverReport> = {}): FailoverReport {
  const times = { startedAt: '', toProofMs: 1, proofToOpenMs: 1, events: [] };
  const probe = { writers: ['db2'], agreedBy: NAMES };
  return {
    kind,
    environment: 'waybill',
    service: 'database',
    from: 'db1',
    to: 'db2',
    term: 2,
    ...times,
    probe,
    ...change,
  };
}

const what = { kind: 'failover', view: viewOf() } as const;
const done = () => Promise.resolve(reportOf('failover'));

test('what was done is on every server, with who, why and where the data stood', async () => {
  await recorded(sessionOn(localFleet()), what, done);
  const memory = await readMemory(localFleet(), target);
  expect(memory.last).toEqual(JSON.parse(JSON.stringify(written[0])));
  expect(memory.last).toMatchObject({
    kind: 'failover',
    outcome: 'done',
    who: "maria's laptop",
    why: 'db1 is down',
    positions: { db1: '0/7D0 on timeline 1', db2: '0/7C6 on timeline 1' },
  });
  for (const name of NAMES) expect(readdirSync(join(folder, name, 'waybill', 'records', 'database'))).toHaveLength(1);
});

test('the last failover is remembered by the clock of a server that lived through it', async () => {
  await recorded(sessionOn(localFleet(['lb'])), what, done);
  const records = join(folder, 'db1', 'waybill', 'records', 'database');
  const past = Date.now() / 1_000 - 100;
  for (const name of readdirSync(records)) utimesSync(join(records, name), past, past);
  const memory = await readMemory(localFleet(['db2']), target);
  expect(memory.failover).toMatchObject({ from: 'db1', to: 'db2' });
  expect(memory.failover?.agoMs).toBeGreaterThanOrEqual(99_000);
});

test('neither a switchover nor a failover that failed begins a quiet period', async () => {
  const failing = () =>
    Promise.reject(new FlotillaError('FAILOVER_UNFENCED', { service: 'database', server: 'db1', tried: '' }));
  await expect(recorded(sessionOn(localFleet()), what, failing)).rejects.toMatchObject({ code: 'FAILOVER_UNFENCED' });
  await recorded(sessionOn(localFleet(), 60_000), { ...what, kind: 'switchover' }, () =>
    Promise.resolve(reportOf('switchover')),
  );
  const memory = await readMemory(localFleet(), target);
  expect(memory).not.toHaveProperty('failover');
  expect(memory.last).toMatchObject({ kind: 'switchover' });
  expect(written[0]).toMatchObject({ outcome: 'failed', error: { code: 'FAILOVER_UNFENCED' } });
});

test('a failover that was only overridden is labelled', async () => {
  const fence = { kind: 'unfenced', server: 'db1', tried: [] } as const;
  await recorded(sessionOn(localFleet()), what, () => Promise.resolve(reportOf('failover', { fence })));
  expect(written[0]).toMatchObject({ label: 'UNFENCED' });
});

test('a record that reaches too few servers is said', async () => {
  const session = sessionOn(localFleet(['lb', 'db1']));
  await recorded(session, what, done);
  expect(session.events.at(-1)).toMatchObject({ step: 'record', detail: expect.stringMatching(/1 of 3.*majority/) });
});

test('servers without a record remember nothing, and a damaged record is left out', async () => {
  expect(await readMemory(localFleet(), target)).toEqual({});
  expect(parseMemory('last {"kind":"fail\nfailover 7 {"half\n')).toEqual({});
});
