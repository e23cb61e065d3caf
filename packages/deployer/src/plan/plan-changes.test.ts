import { describe, expect, it } from 'vitest';

import { guardUnit, treeOf, webEntry } from '../../test/trees.ts';
import type { UnitSpec } from '../../test/trees.ts';
import { planChanges } from './plan-changes.ts';
import { hasChanges, refusedIn } from './plan.ts';
import type { Operation, Plan } from './plan.ts';

function web(server: string, compose: string): UnitSpec {
  return { service: 'web', drains: [webEntry(server)], files: { 'compose.yaml': [compose, 'recreate'] } };
}

function database(image: string, text = image): UnitSpec {
  return {
    service: 'db',
    kind: 'postgres',
    tier: 'data',
    image,
    files: { 'compose.yaml': [text, 'recreate'] },
  };
}

function operationsOn(plan: Plan, server: string): readonly Operation[] {
  return plan.servers.find((one) => one.server === server)?.operations ?? [];
}

const edgeWith = (text: string): UnitSpec => ({
  service: 'edge',
  kind: 'haproxy',
  tier: 'edge',
  files: { 'compose.yaml': ['same', 'recreate'], 'haproxy.cfg': [text, 'reload'] },
});

const tunedWith = (text: string): UnitSpec => ({
  ...database('postgres:17.6'),
  files: {
    'compose.yaml': [`labels:\n      flotilla.run-hash: ${text}\n`, 'recreate'],
    'postgresql.conf': [text, 'restart'],
  },
});

const withNotes = (text: string): UnitSpec => ({ service: 'web', files: { 'notes.txt': [text, 'none'] } });

const replicated = (image: string) =>
  treeOf({ a: [guardUnit('db', ['b', 'a']), database(image)], b: [guardUnit('db', ['b', 'a']), database(image)] });

const limitedTo = (connections: number) => {
  const guard = guardUnit('db', ['b', 'a']);
  const unit = { ...database('postgres:17.6', String(connections)), replicaFloors: { max_connections: connections } };
  return treeOf({ a: [guard, unit], b: [guard, unit] });
};

const webWith = (image: string, hash: string): UnitSpec => ({
  service: 'web',
  image,
  files: { 'compose.yaml': [`image: ${image}\nlabels:\n  flotilla.secrets-hash: ${hash}\n`, 'recreate'] },
});

const firewall = (text: string) => [{ path: 'host/nftables.conf', text, mode: 0o644, effect: 'host' as const }];

describe('planChanges', () => {
  it('says that nothing changes for the same tree', () => {
    const plan = planChanges(treeOf({ a: [web('a', 'x')] }), treeOf({ a: [web('a', 'x')] }));
    expect(hasChanges(plan)).toBe(false);
    expect(plan.servers).toMatchObject([{ server: 'a', operations: [], impact: 'none', unavailability: 'none' }]);
  });

  it('creates everything when there was no tree before', () => {
    const after = treeOf({ b: [web('b', 'x')], a: [web('a', 'x')] });
    const plan = planChanges(undefined, after);
    expect(plan.digestBefore).toBeUndefined();
    expect(plan.servers.map(({ server }) => server)).toEqual(['a', 'b']);
    expect(plan.servers[0]).toMatchObject({
      units: { added: ['web'] },
      files: { added: ['services/web/compose.yaml'] },
    });
    expect(operationsOn(plan, 'a')).toMatchObject([{ kind: 'create', impact: 'none' }]);
    expect(hasChanges(plan)).toBe(true);
  });

  it('recreates only the unit whose files changed, and drains it where another entry is left', () => {
    const before = treeOf({ a: [web('a', 'x'), { service: 'queue', kind: 'worker' }], b: [web('b', 'x')] });
    const after = treeOf({ a: [web('a', 'y'), { service: 'queue', kind: 'worker' }], b: [web('b', 'x')] });
    const plan = planChanges(before, after);
    expect(operationsOn(plan, 'b')).toEqual([]);
    expect(operationsOn(plan, 'a')).toMatchObject([
      { kind: 'recreate', service: 'web', unavailability: 'none: drained from be_web first' },
    ]);
  });

  it('promises no drain when the unit is the only entry', () => {
    const plan = planChanges(treeOf({ a: [web('a', 'x')] }), treeOf({ a: [web('a', 'y')] }));
    expect(plan.servers[0]?.unavailability).toBe('web: about 5 s: a is the only entry of be_web');
  });

  it('reloads for a file that the engine reads while it serves, whatever the Compose file is', () => {
    const [operation] = operationsOn(
      planChanges(treeOf({ lb: [edgeWith('x')] }), treeOf({ lb: [edgeWith('y')] })),
      'lb',
    );
    expect(operation).toMatchObject({
      kind: 'reload',
      impact: 'reload',
      reason: 'haproxy.cfg changed',
      unavailability: 'none: connections are kept',
    });
  });

  it('restarts, and does not recreate, when a Compose file differs in its run hash alone', () => {
    const [operation] = operationsOn(
      planChanges(treeOf({ a: [tunedWith('x')] }), treeOf({ a: [tunedWith('y')] })),
      'a',
    );
    expect(operation).toMatchObject({ kind: 'restart', impact: 'restart', reason: 'postgresql.conf changed' });
  });

  it('updates files that nothing running reads at no cost', () => {
    const plan = planChanges(treeOf({ a: [withNotes('x')] }), treeOf({ a: [withNotes('y')] }));
    expect(plan.servers[0]).toMatchObject({ impact: 'none', operations: [{ kind: 'update' }] });
  });

  it('says that the role of a primary with a replica moves, and how long one without is away', () => {
    const plan = planChanges(replicated('postgres:17.6'), replicated('postgres:17.7'));
    expect(operationsOn(plan, 'a')).toMatchObject([
      { service: 'db', unavailability: expect.stringMatching(/^none for writes/) },
    ]);
    expect(operationsOn(plan, 'b')).toMatchObject([
      {
        service: 'db',
        impact: 'recreate',
        unavailability: expect.stringMatching(/^writes pause for about 1 s while the role moves to a;/),
      },
    ]);
    const [alone] = operationsOn(
      planChanges(treeOf({ a: [database('p:1.1')] }), treeOf({ a: [database('p:1.2')] })),
      'a',
    );
    expect(alone?.unavailability).toMatch(/^restart: about 5 s of reads and writes/);
  });

  it('says that a lowered setting goes to the primary first, in place', () => {
    const plan = planChanges(limitedTo(200), limitedTo(100));
    const said = (server: string) =>
      operationsOn(plan, server).find((one) => one.kind !== 'host-change')?.unavailability;
    expect(said('b')).toMatch(/^restart: .*max_connections from 200 to 100 goes to the primary first/);
    expect(said('a')).toMatch(/^none for writes/);
    const raised = operationsOn(planChanges(limitedTo(100), limitedTo(200)), 'b');
    expect(raised[0]?.unavailability).toMatch(/^writes pause/);
  });

  it('calls another major version of a database a risk for its data', () => {
    const plan = planChanges(treeOf({ a: [database('postgres:17.6')] }), treeOf({ a: [database('postgres:18.0')] }));
    expect(plan.servers[0]?.impact).toBe('data-risk');
    expect(operationsOn(plan, 'a')[0]?.saferPath).toContain('add a service of version 18 beside it');
    const moved = planChanges(
      treeOf({ a: [database('r:5000/postgres:17.6')] }),
      treeOf({ a: [database('postgres:17.7')] }),
    );
    expect(moved.servers[0]?.impact).toBe('recreate');
    expect(refusedIn(moved)).toEqual([]);
    expect(refusedIn(plan)).toMatchObject([{ service: 'db', servers: ['a'], code: 'DEPLOY_MAJOR_VERSION' }]);
  });

  it('says that a deploy refuses another authority over data that are there, for members that are new as well', () => {
    const [old, next] = [guardUnit('db', ['a'], 'guard'), guardUnit('db', ['a', 'b'], 'patroni')];
    const before = treeOf({ a: [old, database('postgres:17.6')], b: [old] });
    const after = treeOf({ a: [next, database('postgres:17.6', 'by patroni')], b: [next, database('postgres:17.6')] });
    const plan = planChanges(before, after);
    expect(operationsOn(plan, 'a')[1]).toMatchObject({ impact: 'data-risk', refusal: 'DEPLOY_CONTROL_CHANGED' });
    expect(refusedIn(plan)).toEqual([
      { service: 'db', servers: ['a', 'b'], code: 'DEPLOY_CONTROL_CHANGED', path: expect.stringContaining('pg_dump') },
    ]);
    expect(refusedIn(planChanges(after, after))).toEqual([]);
    expect(refusedIn(planChanges(undefined, after))).toEqual([]);
  });

  it('doubts an older image of the same series, and no newer one', () => {
    const doubtOf = (from: string, to: string) =>
      operationsOn(planChanges(treeOf({ a: [database(from)] }), treeOf({ a: [database(to)] })), 'a')[0]?.doubt;
    expect(doubtOf('postgres:17.6', 'postgres:17.5')).toContain('from 17.6 to 17.5');
    expect(doubtOf('postgres:17.9', 'postgres:17.10')).toBeUndefined();
    expect(doubtOf('postgres:17.6', 'postgres:17')).toBeUndefined();
  });

  it('takes the preferred primary from the units, whatever the order of a guard', () => {
    const guard = guardUnit('db', ['a', 'b']);
    const units = (text: string) =>
      treeOf({
        a: [guard, { ...database('postgres:17.6', text), preference: 1 }],
        b: [guard, { ...database('postgres:17.6', text), preference: 0 }],
      });
    const plan = planChanges(units('1'), units('2'));
    expect(operationsOn(plan, 'a')[0]?.unavailability).toMatch(/^none for writes/);
    expect(operationsOn(plan, 'b')[0]?.unavailability).toMatch(/^writes pause/);
  });

  it('calls the removal of data a risk, also that of a volume and of a whole server', () => {
    const volume: UnitSpec = {
      service: 'web',
      files: { 'compose.yaml': ['services: {}\nvolumes:\n  v: {}\n', 'recreate'] },
    };
    const before = treeOf({
      a: [database('postgres:17.6'), volume, { service: 'plain' }],
      b: [database('postgres:17.6')],
    });
    const plan = planChanges(before, treeOf({ a: [] }));
    expect(operationsOn(plan, 'a').map(({ kind, impact }) => `${kind} ${impact}`)).toEqual([
      'remove data-risk',
      'remove data-risk',
      'remove recreate',
    ]);
    const gone = plan.servers.find(({ server }) => server === 'b');
    expect(gone).toMatchObject({ impact: 'data-risk', units: { removed: ['db'] } });
    expect(gone).not.toHaveProperty('digestAfter');
  });

  it('says that databases which are missing are made on the primary, while it serves', () => {
    const withRoles = (text: string, tier: 'data' | 'stateless' = 'data') =>
      treeOf({ a: [{ service: 'db', tier, files: { 'roles.sh': [text, 'reload'] } }] });
    const [operation] = operationsOn(planChanges(withRoles('shop'), withRoles('shop audit')), 'a');
    expect(operation).toMatchObject({ kind: 'reload', impact: 'reload' });
    expect(operation?.reason).toBe(
      'databases and owners that are missing are made on the primary, and none is dropped; roles.sh changed',
    );
    const [other] = operationsOn(planChanges(withRoles('x', 'stateless'), withRoles('y', 'stateless')), 'a');
    expect(other?.reason).toBe('roles.sh changed');
  });

  it('says that secrets changed without showing their hash, and which image follows which', () => {
    const before = treeOf({ a: [webWith('app:1.0', 'abc')] });
    const [operation] = operationsOn(planChanges(before, treeOf({ a: [webWith('app:2.0', 'def')] })), 'a');
    expect(operation?.reason).toBe('its image changes from app:1.0 to app:2.0; its secrets change');
    const other = treeOf({ a: [webWith('app:2.0\n    init: true', 'abc')] });
    expect(operationsOn(planChanges(before, other), 'a')[0]?.reason).toMatch(/; compose\.yaml changed$/);
  });

  it('keeps files of the host apart from the services', () => {
    const plan = planChanges(
      treeOf({ a: [web('a', 'x')] }, firewall('x')),
      treeOf({ a: [web('a', 'x')] }, firewall('y')),
    );
    expect(operationsOn(plan, 'a')).toMatchObject([{ kind: 'host-change', impact: 'none' }]);
    expect(plan.servers[0]?.units).toEqual({ added: [], changed: [], removed: [] });
  });
});
