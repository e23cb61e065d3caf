import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideFailover } from './failover.ts';
import { DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServerView, ServiceView } from './view.ts';

const UNSEEN = { unseenPeers: ['db1'] };
const LOST = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, app2: UNSEEN, db2: UNSEEN });
const FOLLOWS = { kind: 'replica', of: 'db1', term: 1 } as const;
const SEEN = { db1: { engine: PRIMARY_ENGINE, agoMs: 400 } };

/** The lost fleet with replicas as given; db1 was seen where `seen` says so. */
function withReplicas(replicas: Readonly<Record<string, Partial<ServerView>>>): ServiceView {
  const others = LOST.servers.filter(({ server }) => server !== 'db2');
  const added = Object.entries(replicas).map(([server, view]): ServerView => ({
    server,
    reachable: true,
    container: 'running',
    ...UNSEEN,
    ...view,
  }));
  return { ...LOST, members: ['db1', ...Object.keys(replicas)], servers: [...others, ...added] };
}

/** Why each member is passed over, by its name. */
function whyNobody(view: ServiceView, to?: string): readonly string[] {
  const decision = decideFailover(view, assess(view), { control: 'guard', ...(to === undefined ? {} : { to }) });
  if (decision.kind !== 'refused') throw new Error('somebody takes over');
  expect(decision.code).toBe(to === undefined ? 'FAILOVER_NO_CANDIDATE' : 'FAILOVER_BAD_TARGET');
  return 'members' in decision.facts ? decision.facts.members : [];
}

function guarded(server: string, engine: object, verdict: object = FOLLOWS) {
  const change = { engine: { ...REPLICA_ENGINE, ...engine }, verdict, seen: SEEN };
  // Verdicts of a test are written out in full.
  return { guard: statusOf(server, change as Parameters<typeof statusOf>[1]) };
}

test('a member that its guard keeps from following is named with both identities', () => {
  const closed = { kind: 'closed', reason: 'the data are of another cluster' };
  const view = withReplicas({ db2: guarded('db2', { systemIdentifier: '8', role: 'none' }, closed) });
  const [old, foreign, ...rest] = whyNobody(view);
  expect(old).toMatch(/^db1: .*old primary/);
  expect(foreign).toMatch(/^db2: .*\b8\b.*\b7\b/);
  expect(rest).toEqual([]);
});

test('every member is named: foreign, silent, without data, stopped, unread', () => {
  const view = withReplicas({
    db2: guarded('db2', { systemIdentifier: '8' }),
    db3: DEAD,
    db4: { guard: statusOf('db4', { engine: { state: 'empty', role: 'none' }, seen: SEEN }) },
    db5: { ...guarded('db5', {}), container: 'stopped' },
    db6: { guard: statusOf('db6', { engine: { state: 'unknown', role: 'none' }, verdict: FOLLOWS, seen: SEEN }) },
  });
  const told = whyNobody(view);
  expect(told.map((line) => line.split(':')[0])).toEqual(['db1', 'db2', 'db3', 'db4', 'db5', 'db6']);
  expect(told[2]).toMatch(/does not answer/);
  expect(told[3]).toMatch(/no data/);
  expect(told[4]).toMatch(/container is stopped/);
  expect(told[5]).toMatch(/engine does not answer/);
});

test('candidates that hold different data are each named when nobody remembers the data of the old primary', () => {
  const verdict = FOLLOWS;
  const one = { guard: statusOf('db2', { verdict, engine: REPLICA_ENGINE }) };
  const other = { guard: statusOf('db3', { verdict, engine: { ...REPLICA_ENGINE, systemIdentifier: '8' } }) };
  const [, db2, db3] = whyNobody(withReplicas({ db2: one, db3: other }));
  expect(db2).toMatch(/^db2: .*\b7\b.*db3 holds 8/);
  expect(db3).toMatch(/^db3: .*\b8\b.*db2 holds 7/);
});

test('a member that was superseded is named with how far it is behind and the word of its guard', () => {
  const closed = { kind: 'closed', reason: 'superseded by db1 in term 1', isSuperseded: true };
  const [, db2] = whyNobody(withReplicas({ db2: guarded('db2', { role: 'none' }, closed) }));
  expect(db2).toMatch(/10 bytes behind/);
  expect(db2).toMatch(/superseded by db1/);
});

test('a target that was named and cannot take over is told why', () => {
  const view = withReplicas({ db2: guarded('db2', {}), db3: DEAD });
  expect(whyNobody(view, 'db3')).toEqual([expect.stringMatching(/^db3: .*does not answer/)]);
  expect(whyNobody(view, 'app1')[0]).toMatch(/app1 is no member/);
});
