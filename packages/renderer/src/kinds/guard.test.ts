import { expect, test } from 'vitest';

import { renderText, serverOf, unitOf } from '../../test/fleets.ts';

const FLEET = `
environment: lab
servers:
  app1: { host: 192.0.2.80, cpus: 2, memory: 4GiB, disk: 60GiB }
  db1: { host: 192.0.2.81, cpus: 2, memory: 4GiB, disk: 60GiB }
  db2: { host: 192.0.2.82, cpus: 2, memory: 4GiB, disk: 60GiB }
services:
  database:
    kind: postgres
    image: postgres:17.6@sha256:1111111111111111111111111111111111111111111111111111111111111111
    primary: PRIMARY
    replicas: [REPLICA]
    databases: [ledger]
    memory: 1GiB
`;

const fleet = (primary: string, replica: string) =>
  renderText(FLEET.replace('PRIMARY', primary).replace('REPLICA', replica));

test.each(['app1', 'db1', 'db2'])('another preferred primary changes no byte on %s', (server) => {
  expect(serverOf(fleet('db2', 'db1'), server).digest).toBe(serverOf(fleet('db1', 'db2'), server).digest);
});

test('the units of the members say who is preferred and who decides, and no other unit does', () => {
  const tree = fleet('db2', 'db1');
  expect(unitOf(tree, 'db2', 'database')).toMatchObject({ control: 'guard', preference: 0 });
  expect(unitOf(tree, 'db1', 'database')).toMatchObject({ control: 'guard', preference: 1 });
  expect(unitOf(tree, 'db1', 'guard')).not.toHaveProperty('preference');
});
