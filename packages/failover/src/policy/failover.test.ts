import { describe, expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideFailover, isUndecided, membersToFence } from './failover.ts';
import { automaticView, DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServiceView } from './view.ts';

const decide = (view: ServiceView, to?: string) =>
  decideFailover(view, assess(view), { control: 'guard', ...(to === undefined ? {} : { to }) });

/** Every other guard has lost db1 as well. */
const UNSEEN = { unseenPeers: ['db1'] };
const LOST = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, app2: UNSEEN, db2: UNSEEN });

test('the replica takes over from a server that nobody sees', () => {
  expect(decide(LOST)).toMatchObject({ kind: 'go', from: 'db1', to: 'db2', term: 2, passedOver: [], fence: ['db1'] });
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

test('a replica with writes of its own takes over only when a person names it', () => {
  const verdict = { kind: 'replica', of: 'db1', term: 1 } as const;
  const guard = statusOf('db2', { verdict, engine: { ...REPLICA_ENGINE, errant: 'uuid:1' } });
  const view = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, app2: UNSEEN, db2: { ...UNSEEN, guard } });
  expect(decide(view)).toMatchObject({ code: 'FAILOVER_TARGET_ERRANT', facts: { server: 'db2', errant: 'uuid:1' } });
  expect(decide(view, 'db2')).toMatchObject({ kind: 'go', to: 'db2' });
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

test('two vantage points beside this machine must have lost a server that we do not reach', () => {
  const alone = viewOf({ db1: DEAD, lb: DEAD, app1: DEAD, app2: DEAD, db2: UNSEEN });
  expect(decide(alone)).toMatchObject({ code: 'FAILOVER_TOO_FEW_WITNESSES', facts: { witnesses: ['db2'], needed: 2 } });
  expect(decide(viewOf({ db1: DEAD, lb: UNSEEN, app1: DEAD, app2: DEAD, db2: UNSEEN }))).toMatchObject({ kind: 'go' });
});

test('in a fleet of two the other server and this machine are enough', () => {
  const pair = { ...LOST, servers: LOST.servers.filter(({ server }) => server.startsWith('db')) };
  expect(decide(pair)).toMatchObject({ kind: 'go', from: 'db1', to: 'db2' });
});

/** A third member, of which `view` is what is seen. */
function withThird(third: object): ServiceView {
  const verdict = { kind: 'replica', of: 'db1', term: 1 } as const;
  const guard = statusOf('db3', { verdict, engine: REPLICA_ENGINE });
  const db3 = { server: 'db3', reachable: true, container: 'running', guard, ...UNSEEN, ...third } as const;
  return { ...LOST, members: ['db1', 'db2', 'db3'], servers: [...LOST.servers, db3] };
}

test('every other member that does not answer is to be fenced as well, and one that answers is not', () => {
  const dead = { ...DEAD, guard: undefined } as object;
  expect(decide(withThird(dead))).toMatchObject({ kind: 'go', to: 'db2', fence: ['db1', 'db3'] });
  expect(decide(withThird({}))).toMatchObject({ kind: 'go', fence: ['db1'] });
});

test('after the claim, a member that does not answer in the new term is to be fenced', () => {
  const record = { term: 2, holder: 'db2', phase: 'claimed', at: '' } as const;
  const claimed = withThird({ guard: statusOf('db3', { record }) });
  const change = { from: 'db1', to: 'db2', term: 2 };
  expect(membersToFence(claimed, change)).toEqual(['db1']);
  expect(membersToFence(withThird({}), change)).toEqual(['db1', 'db3']);
  expect(membersToFence(withThird({}), { ...change, term: undefined })).toEqual(['db1']);
});

test('a target that holds another cluster than the old primary is refused, and never chosen', () => {
  const seen = { db1: { engine: PRIMARY_ENGINE, agoMs: 400 } };
  const other = {
    guard: statusOf('db2', {
      engine: { ...REPLICA_ENGINE, systemIdentifier: '8' },
      seen,
      verdict: { kind: 'replica', of: 'db1', term: 1 },
    }),
  };
  const servers = Object.fromEntries(LOST.servers.map((each) => [each.server, each]));
  const stranger = viewOf({ ...servers, db1: DEAD, db2: { ...other, ...UNSEEN } });
  expect(decide(stranger)).toMatchObject({ code: 'FAILOVER_OTHER_CLUSTER', facts: { server: 'db2' } });
  expect(decide(stranger, 'db2')).toMatchObject({ code: 'FAILOVER_OTHER_CLUSTER' });
  const three = { ...withThird({}), servers: [...stranger.servers, ...withThird({}).servers.slice(-1)] };
  expect(decide(three)).toMatchObject({ kind: 'go', to: 'db3' });
});

describe('where an engine of consensus decides', () => {
  const automatic = (view: ServiceView, to?: string) =>
    decideFailover(view, assess(view), { control: 'patroni', ...(to === undefined ? {} : { to }) });
  const seen = { db1: { engine: PRIMARY_ENGINE, agoMs: 300 } };

  test('the member that was seen as primary last is replaced without a term', () => {
    const decision = automatic(automaticView({ db1: DEAD }, seen));
    expect(decision).toMatchObject({ kind: 'go', from: 'db1', to: 'db2', fence: ['db1'] });
    expect(decision).not.toHaveProperty('term');
  });

  test('a primary that runs is healthy', () => {
    expect(automatic(automaticView())).toMatchObject({ code: 'FAILOVER_PRIMARY_HEALTHY' });
  });

  test('one observer is not enough either', () => {
    const view = automaticView({ db1: DEAD }, seen);
    const servers = view.servers.map((each) => (each.server === 'lb' ? { ...each, unseenPeers: [] } : each));
    expect(automatic({ ...view, servers })).toMatchObject({
      code: 'FAILOVER_SEEN_BY_OTHERS',
      facts: { witnesses: ['lb'] },
    });
  });

  test('a view is undecided while the engine on a server that answers may come back by itself', () => {
    const members = ['db1', 'db2'];
    const ended = automaticView({
      db1: {
        container: 'ended',
        guard: statusOf('db1', { record: null, verdict: { kind: 'yielded', to: 'patroni' } }),
      },
    });
    expect(isUndecided(ended, members)).toBe(true);
    expect(isUndecided(automaticView({ db1: DEAD }, seen), members)).toBe(false);
  });
});
