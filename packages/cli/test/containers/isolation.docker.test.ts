import type { RemoteFleet, RemoteResult } from '@flotilla/exec';
import { failover, rejoin } from '@flotilla/failover';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { ENVIRONMENT } from './environment.ts';
import { openFleet, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';
import { createTable, upTo } from './table.ts';
import type { Table } from './table.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

const UNREACHABLE: RemoteResult = {
  exitCode: 255,
  stdout: '',
  stderr: '',
  durationMs: 0,
  timedOut: false,
  unreachable: true,
};

let fleet: TestFleet;
let table: Table;

beforeAll(async () => {
  fleet = await openFleet();
  table = await createTable(fleet);
  for (const number of upTo(3)) await table.insert(fleet.db1, number);
  await table.untilShown(fleet.db2, upTo(3));
});

afterAll(async () => {
  await fleet?.close();
});

/** The fleet as this machine sees it when the way to db1 is broken. */
function withoutDb1(): RemoteFleet {
  const { fleet: whole } = fleet.tools;
  const servers = whole.servers.map((server) =>
    server.name === 'db1' ? { ...server, run: () => Promise.resolve(UNREACHABLE) } : server,
  );
  return { ...whole, servers, server: (name) => servers.find((server) => server.name === name) ?? whole.server(name) };
}

/** Whether a client on this server gets a connection to the engine of db1. */
async function reachesDb1(from: TestServer): Promise<boolean> {
  const script =
    'if timeout 2 bash -c \'exec 3<>"/dev/tcp/$0/5432"\' "$1" 2>/dev/null; then echo yes; else echo no; fi';
  return (await from.shell(script, fleet.db1.host)).trim() === 'yes';
}

it('an open primary that neither SSH nor power can stop is cut off by every other server before another one opens', async () => {
  expect(await reachesDb1(fleet.witness)).toBe(true);
  await fleet.db1.shell('docker pause "$1"', `${ENVIRONMENT}-guard`);
  const tools = { ...fleet.tools, fleet: withoutDb1() };
  await until('the others to lose the guard of db1', async () => {
    const all = await Promise.all([fleet.db2.status(), fleet.witness.status()]);
    return all.every((status) => status !== undefined && !(status.hears ?? []).includes('db1'));
  });
  const report = await failover(tools, { acceptLoss: true });
  expect(report).toMatchObject({ from: 'db1', to: 'db2', fence: { kind: 'isolated', server: 'db1' } });
  expect(report.probe).toEqual({ writers: ['db2'], agreedBy: ['db2', 'witness'] });
  expect(await Promise.all([reachesDb1(fleet.db2), reachesDb1(fleet.witness)])).toEqual([false, false]);
  await table.insert(fleet.db2, 10);
});

it('is still open to nobody but its own surroundings, which is counted later', async () => {
  await table.insert(fleet.db1, 99);
  expect(await fleet.witness.shell('cat /etc/flotilla/fence/db1')).toBe(`${fleet.db1.host}\n`);
  const wanted = '/etc/systemd/system/sysinit.target.wants/flotilla-fence.service';
  expect(await fleet.witness.shell('readlink -e "$1"', wanted)).toMatch(/flotilla-fence\.service/);
});

it('is let through again by a rejoin once it is stopped, and follows without its own commits', async () => {
  await fleet.db1.shell('docker unpause "$1"', `${ENVIRONMENT}-guard`);
  const report = await rejoin(fleet.tools, 'db1');
  expect(report.divergence).toMatchObject({ server: 'db1', commits: 1 });
  expect(report.events.map(({ step }) => step)).toContain('isolate');
  await table.untilShown(fleet.db1, [...upTo(3), 10]);
  expect(await table.numbersOn(fleet.db1)).toEqual([...upTo(3), 10]);
  expect(await reachesDb1(fleet.witness)).toBe(true);
  const left = 'nft list table inet flotilla_fence 2>&1 || true; ls /etc/flotilla/fence';
  expect(await fleet.witness.shell(left)).toMatch(/No such file/);
  expect(await fleet.db1.status()).toMatchObject({ engine: { role: 'replica' } });
});
