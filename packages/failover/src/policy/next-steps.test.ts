import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { nextSteps } from './next-steps.ts';
import { automaticView, DEAD, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServerView } from './view.ts';
import { electorateOf } from './voters.ts';

function stepsOf(changes: Readonly<Record<string, Partial<ServerView>>>, isolated: readonly string[] = []) {
  return nextSteps(assess(viewOf(changes)), isolated);
}

test('a service in full health needs nothing, nor does one whose lost replica is all that lacks', () => {
  expect(stepsOf({})).toEqual([]);
  expect(stepsOf({ db2: DEAD })).toEqual([]);
});

test('without a primary the failover command says more, whoever decides', () => {
  expect(stepsOf({ db1: DEAD })).toEqual([{ kind: 'failover' }]);
  const automatic = assess(automaticView({ db1: DEAD }));
  const voters = ['db1', 'db2', 'lb'].map((server) => ({ server, votes: server !== 'db1', reason: '' }));
  const electorate = electorateOf('patroni', voters);
  expect(nextSteps({ ...automatic, electorate }, [])).toEqual([{ kind: 'failover' }]);
});

test('without a majority, or a quorum, the silent voters come first', () => {
  const silent = { app2: DEAD, app1: DEAD, db1: DEAD };
  expect(stepsOf(silent)).toEqual([{ kind: 'start-servers', servers: ['app1', 'app2', 'db1'] }]);
  const voters = ['lb', 'db2', 'db1'].map((server) => ({ server, votes: server === 'lb', reason: '' }));
  const electorate = electorateOf('patroni', voters);
  const seen = { ...assess(automaticView({ db1: DEAD, db2: DEAD })), electorate };
  expect(nextSteps(seen, [])).toEqual([{ kind: 'start-servers', servers: ['db1', 'db2'] }]);
});

test('a service that was never deployed is deployed', () => {
  const silent = ['lb', 'app1', 'app2', 'db1', 'db2'].map((server) => {
    const guard = statusOf(server, { record: null });
    return [server, { guard, container: 'missing' as const }] as const;
  });
  expect(stepsOf(Object.fromEntries(silent))).toEqual([{ kind: 'deploy' }]);
});

test('a member that was fenced, isolated, superseded or left behind waits for a rejoin', () => {
  const step = [{ kind: 'rejoin', server: 'db2' }];
  expect(stepsOf({ db2: { container: 'stopped' } })).toEqual(step);
  expect(stepsOf({}, ['db2'])).toEqual(step);
  const superseded = statusOf('db2', { verdict: { kind: 'closed', reason: 'superseded' } });
  expect(stepsOf({ db2: { guard: superseded, container: 'running' } })).toEqual(step);
  const engine = { ...REPLICA_ENGINE, streaming: false };
  const behind = { kind: 'replica', of: 'db1', term: 1, stranded: 'behind' } as const;
  expect(stepsOf({ db2: { guard: statusOf('db2', { verdict: behind, engine }), container: 'running' } })).toEqual(step);
});

test('an etcd that is silent on a server that answers waits for a rejoin as well', () => {
  const voters = ['db1', 'db2', 'lb'].map((server) => ({ server, votes: server !== 'lb', reason: '' }));
  const of = (changes: Parameters<typeof automaticView>[0]) => ({
    ...assess(automaticView(changes)),
    electorate: electorateOf('patroni', voters),
  });
  expect(nextSteps(of({}), [])).toEqual([{ kind: 'rejoin', server: 'lb' }]);
  expect(nextSteps(of({ lb: DEAD }), [])).toEqual([]);
  const sentinels = electorateOf('sentinel', voters);
  expect(nextSteps({ ...of({}), electorate: sentinels }, [])).toEqual([]);
});

test('a member that returns by itself is left to it', () => {
  const engine = { ...REPLICA_ENGINE, streaming: false };
  const ahead = { kind: 'replica', of: 'db1', term: 1, stranded: 'ahead' } as const;
  expect(stepsOf({ db2: { guard: statusOf('db2', { verdict: ahead, engine }), container: 'running' } })).toEqual([]);
  expect(stepsOf({ db2: { container: 'ended' } })).toEqual([]);
});

test('nothing is said where no server answered', () => {
  const dead = Object.fromEntries(['lb', 'app1', 'app2', 'db1', 'db2'].map((server) => [server, DEAD]));
  expect(stepsOf(dead)).toEqual([]);
});
