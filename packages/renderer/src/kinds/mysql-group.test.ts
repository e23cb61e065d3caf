import { expect, test } from 'vitest';

import { renderText, serverOf } from '../../test/fleets.ts';

const FLEET = `
environment: lab
servers:
  db1: { host: 192.0.2.81, cpus: 2, memory: 4GiB, disk: 60GiB }
  db2: { host: 192.0.2.82, cpus: 2, memory: 4GiB, disk: 60GiB }
  db3: { host: 192.0.2.83, cpus: 2, memory: 4GiB, disk: 60GiB }
services:
  database:
    kind: mysql
    image: mysql:9.7.0@sha256:1111111111111111111111111111111111111111111111111111111111111111
    primary: PRIMARY
    replicas: [REPLICAS]
    failover: FAILOVER
    databases: [ledger]
    memory: 1GiB
`;

function filesOf(primary: string, replicas: string, failover = 'automatic'): ReadonlyMap<string, string> {
  const text = FLEET.replace('PRIMARY', primary).replace('REPLICAS', replicas).replace('FAILOVER', failover);
  const { files } = serverOf(renderText(text), 'db2');
  return new Map(files.filter(({ path }) => path.includes('/database/')).map((file) => [file.path, file.text]));
}

test('another preferred primary changes nothing on a member of a group', () => {
  expect(filesOf('db3', 'db2, db1')).toEqual(filesOf('db1', 'db2, db3'));
});

test('a member knows itself and the others by name, and publishes the port of the group', () => {
  const compose = filesOf('db1', 'db2, db3').get('services/database/compose.yaml') ?? '';
  expect(compose).toContain('hostname: db2\n    extra_hosts:\n      db1: 192.0.2.81\n      db3: 192.0.2.83\n');
  expect(compose).toContain('- 192.0.2.82:33061:33061\n');
});

test('a service under the guard has nothing of a group', () => {
  const files = filesOf('db1', 'db2, db3', 'manual');
  expect(files.has('services/database/init/20-group.sql')).toBe(false);
  expect([...files.values()].join('\n')).not.toMatch(/group_replication|33061|hostname/);
});
