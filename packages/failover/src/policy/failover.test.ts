import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideFailover, isUndecided } from './failover.ts';
import { DEAD, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServiceView } from './view.ts';

const decide = (view: ServiceView, to?: string) => decideFailover(view, assess(view), to === undefined ? {} : { to });

/** Every other guard has lost db1 as well. */
const UNSEEN = { unseenPeers: ['db1'] };
const LOST = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, app2: UNSEEN, db2: UNSEEN });

test('the replica takes over from a server that nobody sees', () => {
  expect(decide(LOST)).toEqual({ kind: 'go', from: 'db1', to: 'db2', term: 2, passedOver: [] });
});

test('a killed engine on a server that answers is taken over from', () => {
  const guard = statusOf('db1', { engine: { state: 'stopped', role: 'none' }, verdict: { kind: 'open', term: 1 } });
  expect(decide(viewOf({ db1: { guard, container: 'stopped' } }))).toMatchObject({ kind: 'go', from: 'db1' });
});

test('a healthy primary is not failed over', () => {
  expect(decide(viewOf())).toMatchObject({ code: 'FAILOVER_PRIMARY_HEALTHY' });
});

test('one observer is not enough: a server that another guard still sees is not dead', () => {
  const view = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, db2: UNSEEN });
  expect(decide(view)).toMatchObject({ code: 'FAILOVER_SEEN_BY_OTHERS', facts: { witnesses: ['app2'] } });
});

test('nobody takes over without a replica that holds data', () => {
  expect(decide(viewOf({ ...Object.fromEntries(LOST.servers.map((s) => [s.server, s])), db2: DEAD }))).toMatchObject({
    code: 'FAILOVER_NO_CANDIDATE',
  });
});

test('a target that is no candidate is refused', () => {
  expect(decide(LOST, 'app1')).toMatchObject({ code: 'FAILOVER_BAD_TARGET' });
});

test('a fleet that was never deployed has nothing to fail over', () => {
  const bare = viewOf(
    Object.fromEntries(['lb', 'app1', 'app2', 'db1', 'db2'].map((s) => [s, { guard: statusOf(s, { record: null }) }])),
  );
  expect(decide(bare)).toMatchObject({ code: 'FAILOVER_NEVER_DEPLOYED' });
});

test('the replica that holds most of the log is chosen, a later timeline before a greater position', () => {
  const three = (engine: object): ServiceView => {
    const verdict = { kind: 'replica', of: 'db1', term: 1 } as const;
    const db3 = {
      ...LOST.servers[4]!,
      server: 'db3',
      guard: statusOf('db3', { verdict, engine: { ...REPLICA_ENGINE, ...engine } }),
    };
    return { ...LOST, members: ['db1', 'db2', 'db3'], servers: [...LOST.servers, db3] };
  };
  expect(decide(three({ lsn: '1991' }))).toMatchObject({ to: 'db3' });
  expect(decide(three({ lsn: '1989' }))).toMatchObject({ to: 'db2' });
  expect(decide(three({ lsn: '10', timeline: 2 }))).toMatchObject({ to: 'db3' });
  expect(decide(three({ lsn: '1991' }), 'db2')).toMatchObject({ to: 'db2', passedOver: ['db3'] });
});

test('a claim that died before its promotion still names the member that was primary', () => {
  const record = { term: 2, holder: 'db2', phase: 'claimed', at: '' } as const;
  const servers = Object.fromEntries(
    LOST.servers.flatMap((s) => (s.guard ? [[s.server, { ...s, guard: { ...s.guard, record } }]] : [])),
  );
  expect(decide(viewOf({ ...servers, db1: DEAD }))).toMatchObject({ kind: 'go', from: 'db1', to: 'db2', term: 3 });
});

test('a view is undecided while the primary may open by itself, or while others still see it', () => {
  const members = ['db1', 'db2'];
  expect(isUndecided(LOST, members)).toBe(false);
  expect(isUndecided(viewOf({ db1: DEAD }), members)).toBe(true);
  const starting = statusOf('db1', { verdict: { kind: 'private', reason: 'comparing' } });
  expect(isUndecided(viewOf({ db1: { guard: starting, container: 'running' } }), members)).toBe(true);
  expect(isUndecided(viewOf({ db1: { guard: starting, container: 'ended' } }), members)).toBe(true);
  expect(isUndecided(viewOf({ db1: { guard: starting, container: 'stopped' } }), members)).toBe(false);
});
