import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideFailover } from './failover.ts';
import { automaticView, statusOf } from './testing.ts';

const LEFT = {
  container: 'running',
  unseenPeers: ['db1'],
  guard: statusOf('db2', {
    record: null,
    verdict: { kind: 'yielded', to: 'group-replication' },
    engine: {
      state: 'running',
      role: 'none',
      position: { kind: 'gtid-set', executed: '6b7f1a3e-0000-5000-8000-000000000001:1-9' },
    },
  }),
} as const;

test('a member that its group left behind without a majority can begin it anew, where the group decides', () => {
  const view = automaticView({ db1: { reachable: false }, db2: LEFT });
  const decide = (control: 'group-replication' | 'patroni') => decideFailover(view, assess(view), { control });
  expect(decide('group-replication')).toMatchObject({ kind: 'go', from: 'db1', to: 'db2', fence: ['db1'] });
  expect(decide('patroni')).toMatchObject({ kind: 'refused', code: 'FAILOVER_NO_CANDIDATE' });
});

test('one that is stopped cannot', () => {
  const view = automaticView({ db1: { reachable: false }, db2: { ...LEFT, container: 'stopped' } });
  expect(decideFailover(view, assess(view), { control: 'group-replication' })).toMatchObject({
    code: 'FAILOVER_NO_CANDIDATE',
  });
});
