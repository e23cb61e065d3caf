import { expect, test } from 'vitest';

import { checkIdentities } from './identity.ts';
import { DEAD, statusOf, viewOf } from './testing.ts';

test('a fleet whose guards are who they should be is accepted, also with a dead server', () => {
  expect(checkIdentities(viewOf())).toBeUndefined();
  expect(checkIdentities(viewOf({ db1: DEAD }))).toBeUndefined();
});

test.each([
  ['the guard of another server', { guard: statusOf('db1') }],
  ['the guard of another environment', { guard: statusOf('db2', { environment: 'other' }) }],
  ['the guard of another service', { guard: statusOf('db2', { service: 'cache' }) }],
])('refuses %s', (_case, change) => {
  expect(checkIdentities(viewOf({ db2: change }))).toMatchObject({
    code: 'FAILOVER_WRONG_SERVER',
    facts: { server: 'db2' },
  });
});

test('refuses a machine with another host key', () => {
  const view = viewOf({ db2: DEAD });
  const servers = view.servers.map((each) => (each.server === 'db2' ? { ...each, isImpostor: true as const } : each));
  expect(checkIdentities({ ...view, servers })).toMatchObject({ code: 'FAILOVER_WRONG_SERVER' });
});
