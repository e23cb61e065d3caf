import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { discardKept, listKept } from './kept.ts';
import { fleetWith, target } from './testing.ts';

let folder = '';
let data = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  data = join(folder, 'db1', 'waybill', 'data', 'database');
  for (const name of ['pgdata', 'pgdata.superseded-3', 'pgdata.superseded-3+'])
    mkdirSync(join(data, name), { recursive: true });
  writeFileSync(join(data, 'pgdata.superseded-3', 'rows'), 'x'.repeat(100_000));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Members whose /var/lib/flotilla are folders of this test; the scripts run in the real shell, without root. */
function localFleet(): RemoteFleet {
  const runner = spawnRunner();
  const servers = ['db1', 'db2'].map((name): RemoteServer => ({
    name,
    host: '192.0.2.1',
    run: async ({ argv, ...rest }) => {
      const own = argv.map((word) => word.replaceAll('/var/lib/flotilla', join(folder, name)).replace('sudo -n', ''));
      const [program, ...args] = own;
      return { ...(await runner.run({ ...rest, argv: [program ?? '', ...args] })), unreachable: false };
    },
  }));
  return fleetWith(servers);
}

test('what members keep aside is listed with its size, and nothing else is', async () => {
  const kept = await listKept(localFleet(), target);
  expect(kept.map(({ server, name }) => [server, name])).toEqual([
    ['db1', 'pgdata.superseded-3'],
    ['db1', 'pgdata.superseded-3+'],
  ]);
  expect(kept[0]?.sizeBytes).toBeGreaterThanOrEqual(100_000);
});

test('one is removed by its name, and the others stay', async () => {
  await discardKept(localFleet(), target, { server: 'db1', name: 'pgdata.superseded-3' });
  expect(existsSync(join(data, 'pgdata.superseded-3'))).toBe(false);
  expect(existsSync(join(data, 'pgdata.superseded-3+'))).toBe(true);
  expect(existsSync(join(data, 'pgdata'))).toBe(true);
});

test.each(['pgdata', '../database/pgdata', 'pgdata.superseded-9', '', 'x/pgdata.superseded-3'])(
  'the name %j removes nothing',
  async (name) => {
    const discarding = discardKept(localFleet(), target, { server: 'db1', name });
    await expect(discarding).rejects.toMatchObject({ code: 'FAILOVER_KEPT_UNKNOWN' });
    expect(existsSync(join(data, 'pgdata'))).toBe(true);
  },
);

test('a link to somewhere else is not followed', async () => {
  symlinkSync(join(data, 'pgdata'), join(data, 'pgdata.superseded-4'));
  const discarding = discardKept(localFleet(), target, { server: 'db1', name: 'pgdata.superseded-4' });
  await expect(discarding).rejects.toMatchObject({ code: 'EXEC_REMOTE_FAILED' });
  expect(existsSync(join(data, 'pgdata'))).toBe(true);
});

test('a server that holds no data keeps nothing', async () => {
  const discarding = discardKept(localFleet(), target, { server: 'lb', name: 'pgdata.superseded-3' });
  await expect(discarding).rejects.toMatchObject({ code: 'FAILOVER_NOT_A_MEMBER' });
});
