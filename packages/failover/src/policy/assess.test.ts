import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { automaticView, DEAD, PRIMARY_ENGINE, statusOf, viewOf } from './testing.ts';

test('a service whose primary is open and whose replica streams is ok', () => {
  const assessment = assess(viewOf());
  expect(assessment).toMatchObject({
    primary: 'db1',
    health: 'ok',
    extraPrimaries: [],
    votes: { answered: 5, needed: 3 },
  });
  expect(assessment.members.map(({ role, lag }) => [role, lag])).toEqual([
    ['primary', undefined],
    ['replica', { amount: 10n, unit: 'bytes' }],
  ]);
});

test('a primary whose container is paused is not open, whatever its guard last said', () => {
  const view = viewOf();
  const db1 = view.servers.find(({ server }) => server === 'db1')!;
  expect(assess(viewOf({ db1: { ...db1, container: 'paused' } }))).toMatchObject({ health: 'down' });
});

test('a lost server leaves the service degraded while the primary is open', () => {
  const assessment = assess(viewOf({ db2: DEAD }));
  expect(assessment).toMatchObject({ primary: 'db1', health: 'degraded', votes: { answered: 4 } });
  expect(assessment.members[1]).toMatchObject({ role: 'silent', reason: 'the server does not answer' });
});

test('two open members are both named', () => {
  const guard = statusOf('db2', { verdict: { kind: 'open', term: 1 }, engine: PRIMARY_ENGINE });
  const assessment = assess(viewOf({ db2: { guard, container: 'running' } }));
  expect(assessment).toMatchObject({ primary: 'db1', extraPrimaries: ['db2'], health: 'degraded' });
});

test('the highest term wins, and a promoted record before a claimed one of the same term', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const lb = { guard: statusOf('lb', { record: { term: 2, holder: 'db2', phase: 'claimed', at } }) };
  const app1 = { guard: statusOf('app1', { record: { term: 2, holder: 'db2', phase: 'promoted', at } }) };
  expect(assess(viewOf({ lb, app1 })).term).toMatchObject({ term: 2, phase: 'promoted' });
});

test('the next term is above every one that a guard remembers, also of a server that is gone', () => {
  const lb = { guard: statusOf('lb', { remembers: { db1: { term: 6, phase: 'claimed' } } }) };
  expect(assess(viewOf({ lb, db1: DEAD }))).toMatchObject({ nextTerm: 7, term: { term: 1 } });
});

test('where an engine of consensus decides, its primary is who runs as one, and there is no term', () => {
  const assessment = assess(automaticView());
  expect(assessment).toMatchObject({ primary: 'db1', health: 'ok', extraPrimaries: [] });
  expect(assessment).not.toHaveProperty('term');
  expect(assessment.members.map(({ role }) => role)).toEqual(['primary', 'replica']);
});

test('two that run as primary are both named, and one whose container is paused is not primary', () => {
  const guard = statusOf('db2', { record: null, verdict: { kind: 'yielded', to: 'patroni' }, engine: PRIMARY_ENGINE });
  expect(assess(automaticView({ db2: { guard } }))).toMatchObject({ primary: 'db1', extraPrimaries: ['db2'] });
  expect(assess(automaticView({ db1: { container: 'paused' } }))).toMatchObject({ health: 'down' });
});

test('a fleet of which no server answers is told from one that is down', () => {
  const silent = ['lb', 'app1', 'app2', 'db1', 'db2'].map((server) => [server, DEAD] as const);
  expect(assess(viewOf(Object.fromEntries(silent)))).toMatchObject({ isCutOff: true, health: 'down' });
  expect(assess(viewOf(Object.fromEntries(silent.slice(1))))).not.toHaveProperty('isCutOff');
});
