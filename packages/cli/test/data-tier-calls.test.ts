import { expect, test } from 'vitest';

import { withRepository } from './support/repository.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const yaml = `environment: orders
servers:
  db1: { host: 192.0.2.21, cpus: 2, memory: 4GiB, disk: 40GiB }
  db2: { host: 192.0.2.22, cpus: 2, memory: 4GiB, disk: 40GiB }
  web1: { host: 192.0.2.23, cpus: 2, memory: 4GiB, disk: 40GiB }
services:
  database: { kind: postgres, image: postgres:17.6@${digest}, primary: db1, replicas: [db2], databases: [orders], memory: 1GiB }
  other: { kind: redis, image: redis:8.0.2@${digest}, primary: db1, replicas: [db2], voters: [db1, db2, web1], failover: automatic, memory: 1GiB }
`;

/** There is no key, no known host, no terminal and no secret: a call that gets as far as needing one ends otherwise. */
test.each([
  [
    'a target that does not exist',
    ['failover', 'orders', 'database', '--to', 'dbx'],
    'FAILOVER_NOT_A_MEMBER',
    'db1, db2',
  ],
  [
    'a dry run to such a target',
    ['failover', 'orders', 'database', '--dry-run', '--to', 'dbx'],
    'FAILOVER_NOT_A_MEMBER',
    'db1, db2',
  ],
  [
    'a target that holds no data',
    ['switchover', 'orders', 'database', '--to', 'web1'],
    'FAILOVER_NOT_A_MEMBER',
    'db1, db2',
  ],
  ['a member that does not exist', ['rejoin', 'orders', 'database', 'dbx'], 'FAILOVER_NOT_A_MEMBER', 'db1, db2'],
  [
    'kept data of such a member',
    ['rejoin', 'orders', 'database', 'dbx', '--discard-kept', 'x'],
    'FAILOVER_NOT_A_MEMBER',
    'db1, db2',
  ],
  [
    'the adoption by what decides by itself',
    ['adopt', 'orders', 'other', '--container', 'shop-db'],
    'FAILOVER_ADOPT_UNSUPPORTED',
    'redis-cli --rdb',
  ],
] as const)('2 for %s, with what would be right, before anything else is asked for', async (_, args, code, known) => {
  await withRepository({ 'environments/orders/environment.yaml': yaml }, async ({ flotilla }) => {
    const { exitCode, stderr } = await flotilla(...args);
    expect(stderr).toContain(`error ${code}`);
    expect(stderr).toMatch(new RegExp(`^hint: .*${known}`, 'm'));
    expect(exitCode).toBe(2);
  });
});

test('asks every power driver and fails where one does not answer', async () => {
  const driver = (status: string) => `power: { off: ['false'], status: [sh, -c, '${status}'], offWhen: stopped }`;
  const powered = yaml
    .replace('disk: 40GiB }', `disk: 40GiB, ${driver('echo running')} }`)
    .replace('disk: 40GiB }', `disk: 40GiB, ${driver('echo no route >&2; exit 1')} }`);
  await withRepository({ 'environments/orders/environment.yaml': powered }, async ({ flotilla }) => {
    const all = await flotilla('power', 'orders');
    expect(all.stdout).toMatch(/^db1: not off; .* says "running"$/m);
    expect(all.stdout).toMatch(/^db2: NO ANSWER from .*: no route$/m);
    expect(all.stdout).toMatch(/^web1: no power driver/m);
    expect(all.exitCode).toBe(1);
    expect((await flotilla('power', 'orders', '--server', 'db1')).exitCode).toBe(0);
  });
});
