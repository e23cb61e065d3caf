import { recordingFleet, recordingRunner, Secret, fakeClock } from '@flotilla/exec';
import type { RemoteCommand, RemoteReply } from '@flotilla/exec';
import { expect, test, vi } from 'vitest';

import { adopt } from './adopt.ts';
import { statusOf } from './policy/testing.ts';
import { target } from './testing.ts';

const FOUND = `running true
restart always
image postgres:17
user app
source /srv/shop
version 170006
build PostgreSQL 17.6 on x86_64-pc-linux-gnu
standby f
checksums on
encodings UTF8
tablespaces 0
next postgres (PostgreSQL) 17.6
kibibytes 10
renamable yes
`;

function bench({ found = FOUND, moved = {} }: { readonly found?: string; readonly moved?: RemoteReply } = {}) {
  const script = (server: string, { argv }: RemoteCommand): RemoteReply => {
    const text = argv.join('\n');
    if (text.includes('echo absent')) return { stdout: found };
    if (text.includes('mv -T')) return moved;
    if (text.includes('/status" || true'))
      return { stdout: `${JSON.stringify(statusOf(server, { record: null }))}\nmissing\n` };
    return text.includes('df -Pk') ? { stdout: '1000000\n' } : {};
  };
  const fleet = recordingFleet({ environment: 'waybill', hosts: { db1: '192.0.2.1', db2: '192.0.2.2' }, script });
  const quiet = { power: {}, holder: 'test', onEvent: () => undefined };
  const tools = { fleet, target, runner: recordingRunner(() => undefined), clock: fakeClock(), ...quiet };
  const adoption = {
    container: 'shop-db',
    declared: { image: 'postgres:17.6', memoryBytes: 2 ** 30, tuning: {}, databases: ['shop'] },
    secrets: { read: (name: string) => Promise.resolve(new Secret(`it's ${name}`)) },
    confirm: () => Promise.resolve(),
  };
  const changes = () => fleet.commands.filter(({ command }) => /exec\n-i|mv -T/.test(command.argv.join('\n')));
  return { tools, adoption, changes };
}

test('a running database gets its roles, is stopped, and its data are renamed, on the server of the preferred primary', async () => {
  const { tools, adoption, changes } = bench();
  const plan = await adopt(tools, adoption);
  expect(plan).toMatchObject({ source: '/srv/shop', target: '/var/lib/flotilla/waybill/data/database/pgdata' });
  expect(plan.undo).toContain('rm -f /var/lib/flotilla/waybill/data/database/adopted');
  expect(plan.undo.at(-2)).toBe('docker update --restart=always shop-db');
  expect(changes().map(({ server }) => server)).toEqual(['db1', 'db1']);
  const [roles, move] = changes().map(({ command }) => command);
  expect(roles?.argv).not.toContain("it's database-guard");
  expect(String(roles?.stdin)).toContain("PASSWORD 'it''s database-guard'");
  const args = ['shop-db', '/srv/shop', '/var/lib/flotilla/waybill/data/database', 'always', 'postgres:17.6'];
  expect(move?.argv.slice(-5)).toEqual(args);
});

test.each([
  ['there is no such container', 'absent\n'],
  ['it cannot be adopted as it is', FOUND.replace('renamable yes', '')],
])('nothing is changed when %s', async (_case, found) => {
  const { tools, adoption, changes } = bench({ found });
  await expect(adopt(tools, adoption)).rejects.toMatchObject({ code: 'FAILOVER_ADOPT_REFUSED' });
  expect(changes()).toEqual([]);
});

test('nothing is changed when the person does not confirm the plan', async () => {
  const { tools, adoption, changes } = bench();
  const confirm = () => Promise.reject(new Error('no'));
  await expect(adopt(tools, { ...adoption, confirm })).rejects.toThrow('no');
  expect(changes()).toEqual([]);
});

test('a database that does not end cleanly is said to run again', async () => {
  const moved = { exitCode: 1, stderr: 'its data say: in production; it was started again' };
  const { tools, adoption } = bench({ moved });
  await expect(adopt(tools, adoption)).rejects.toMatchObject({
    code: 'FAILOVER_ADOPT_FAILED',
    message: expect.stringContaining('started again'),
  });
});

test.each([
  [{ kind: 'mysql', control: 'group-replication' }, 'mysqldump'],
  [{ kind: 'redis', control: 'sentinel' }, 'redis-cli --rdb'],
  [{ control: 'patroni' }, 'failover: manual'],
] as const)('a service of another authority is refused before any server is asked: %o', async (other, path) => {
  const { tools, adoption } = bench();
  const asked = vi.fn<() => never>();
  const fleet = { ...tools.fleet, server: asked };
  const adopting = adopt({ ...tools, fleet, target: { ...tools.target, ...other } }, adoption);
  await expect(adopting).rejects.toMatchObject({
    code: 'FAILOVER_ADOPT_UNSUPPORTED',
    hint: expect.stringContaining(path),
  });
  expect(asked).not.toHaveBeenCalled();
});
