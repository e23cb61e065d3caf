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
  other: { kind: mysql, image: mysql:8.4.6@${digest}, primary: db1, replicas: [db2], databases: [orders], memory: 1GiB }
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
    'the adoption of a MySQL',
    ['adopt', 'orders', 'other', '--container', 'shop-db'],
    'FAILOVER_ADOPT_UNSUPPORTED',
    'mysqldump',
  ],
] as const)('2 for %s, with what would be right, before anything else is asked for', async (_, args, code, known) => {
  await withRepository({ 'environments/orders/environment.yaml': yaml }, async ({ flotilla }) => {
    const { exitCode, stderr } = await flotilla(...args);
    expect(stderr).toContain(`error ${code}`);
    expect(stderr).toMatch(new RegExp(`^hint: .*${known}`, 'm'));
    expect(exitCode).toBe(2);
  });
});
