import { expect, test } from 'vitest';

import { groupName, groupSettings } from './group-settings.ts';

const MEMBERS = new Map([
  ['db1', '192.0.2.81'],
  ['db2', '2001:db8::2'],
  ['db3', '192.0.2.83'],
]);

function settingsOf(rto: number | undefined, server = 'db2'): ReadonlyMap<string, unknown> {
  const service = { port: 3306, memory: 2 ** 30, ...(rto === undefined ? {} : { rto }) };
  return new Map(groupSettings(service, { name: groupName('lab', 'db'), server, members: MEMBERS }));
}

test('the name of a group is a UUID that follows from the names alone', () => {
  expect(groupName('lab', 'db')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(groupName('lab', 'db')).toBe(groupName('lab', 'db'));
  expect(new Set([groupName('lab', 'db'), groupName('lab', 'db2'), groupName('lab2', 'db')]).size).toBe(3);
});

test.each([
  [1_000, 0],
  [10_000, 0],
  [undefined, 5],
  [60_000, 50],
  [86_400_000, 3_600],
])('an rto of %s ms leaves a suspected member %i s', (rto, seconds) => {
  expect(settingsOf(rto).get('loose_group_replication_member_expel_timeout')).toBe(seconds);
});

test('a minority gives up, and later than the majority goes on without it', () => {
  for (const rto of [undefined, 1_000, 15_000, 60_000]) {
    const settings = settingsOf(rto);
    const expel = Number(settings.get('loose_group_replication_member_expel_timeout'));
    expect(Number(settings.get('loose_group_replication_unreachable_majority_timeout'))).toBeGreaterThan(expel);
  }
});

test('a member calls itself by the name that is its own inside the container, and admits the addresses of the others alone', () => {
  const settings = settingsOf(undefined);
  expect(settings.get('loose_group_replication_local_address')).toBe('db2:33061');
  expect(settings.get('loose_group_replication_group_seeds')).toBe('db1:33061,db2:33061,db3:33061');
  expect(settings.get('loose_group_replication_ip_allowlist')).toBe('192.0.2.81,db2,192.0.2.83');
  expect(settingsOf(undefined, 'db1').get('loose_group_replication_ip_allowlist')).toBe('db1,2001:db8::2,192.0.2.83');
});
