import { describe, expect, it } from 'vitest';

import { guardUnit, treeOf, webEntry } from '../../test/trees.ts';
import type { UnitSpec } from '../../test/trees.ts';
import type { ObservedUnit } from './observed.ts';
import { planUnits } from './plan-units.ts';
import { planWaves } from './plan-waves.ts';
import type { Wave, WaveInput } from './plan-waves.ts';

const STALE: ObservedUnit = { appliedHash: 'old', runHash: 'old', running: true };
const database: UnitSpec = { service: 'db', kind: 'postgres', tier: 'data' };
const endpoint: UnitSpec = { service: 'db-endpoint', kind: 'endpoint', tier: 'platform' };

function app(server: string): UnitSpec {
  return { service: 'web', drains: [webEntry(server)] };
}

const FLEET = {
  app1: [guardUnit('db', ['db1', 'db2']), endpoint, app('app1')],
  app2: [guardUnit('db', ['db1', 'db2']), endpoint, app('app2')],
  app3: [guardUnit('db', ['db1', 'db2']), endpoint, app('app3')],
  db1: [guardUnit('db', ['db1', 'db2']), database],
  db2: [guardUnit('db', ['db1', 'db2']), database],
  lb: [guardUnit('db', ['db1', 'db2']), { service: 'edge', kind: 'haproxy', tier: 'edge' } satisfies UnitSpec],
};

type Seen = Readonly<Record<string, ObservedUnit>>;

/** Waves as text: `kind: server(changes…) …`. */
function waves(
  servers: Readonly<Record<string, readonly UnitSpec[]>>,
  seen: (server: string) => Seen,
  observed: Pick<WaveInput, 'primaries' | 'closed'> = {},
): readonly string[] {
  const after = treeOf(servers);
  const changes = after.servers.map((desired) => ({
    server: desired.server,
    changes: planUnits({ desired, observed: { server: desired.server, units: seen(desired.server) } }),
  }));
  return planWaves({ after, changes, ...observed }).map(show);
}

function show({ kind, groups }: Wave): string {
  const texts = groups.map(
    ({ server, changes }) => `${server}(${changes.map((one) => `${one.kind} ${one.service}`).join(', ')})`,
  );
  return `${kind}: ${texts.join(' ')}`;
}

function allOf(servers: Readonly<Record<string, readonly UnitSpec[]>>, without: readonly string[] = []) {
  return (server: string): Seen =>
    Object.fromEntries(
      (servers[server] ?? [])
        .filter(({ service }) => !without.includes(service))
        .map(({ service }) => [service, STALE]),
    );
}

describe('planWaves', () => {
  it('has no wave when nothing changes', () => {
    expect(planWaves({ after: treeOf(FLEET), changes: [] })).toEqual([]);
  });

  it('boots a new fleet: guards together, the primary before the replica that copies it, edges last', () => {
    expect(waves(FLEET, () => ({}))).toEqual([
      'guards: app1(create guard) app2(create guard) app3(create guard) db1(create guard) db2(create guard) lb(create guard)',
      'data: db1(create db)',
      'data: db2(create db)',
      'canary: app1(create db-endpoint, create web)',
      'rollout: app2(create db-endpoint, create web) app3(create db-endpoint, create web)',
      'edges: lb(create edge)',
    ]);
  });

  it('changes a running fleet: guards one by one, replicas first, one application server after another', () => {
    expect(waves(FLEET, allOf(FLEET))).toEqual([
      ...['app1', 'app2', 'app3', 'db1', 'db2', 'lb'].map((server) => `guards: ${server}(recreate guard)`),
      'data: db2(recreate db)',
      'data: db1(recreate db)',
      'canary: app1(recreate db-endpoint, recreate web)',
      'rollout: app2(recreate db-endpoint, recreate web)',
      'rollout: app3(recreate db-endpoint, recreate web)',
      'edges: lb(recreate edge)',
    ]);
  });

  it('spares the primary that was observed, not the preferred one', () => {
    const data = waves(FLEET, allOf(FLEET), { primaries: { db: 'db2' } }).filter((wave) => wave.startsWith('data'));
    expect(data).toEqual(['data: db1(recreate db)', 'data: db2(recreate db)']);
  });

  it('reaches a closed primary first, because its replicas cannot be well without it', () => {
    const observed = { primaries: { db: 'db2' }, closed: ['db'] };
    const data = waves(FLEET, allOf(FLEET), observed).filter((wave) => wave.startsWith('data'));
    expect(data).toEqual(['data: db2(recreate db)', 'data: db1(recreate db)']);
  });

  it('lets servers without a shared backend go together after the canary', () => {
    const servers = { a: [{ service: 'q' }], b: [{ service: 'q' }], c: [{ service: 'q' }] };
    expect(waves(servers, allOf(servers))).toEqual(['canary: a(recreate q)', 'rollout: b(recreate q) c(recreate q)']);
  });

  it('names each entry to drain once, and none for a new unit or a reload', () => {
    const twice = { a: [{ ...app('a') }, { service: 'api', drains: [webEntry('a')] }], b: [app('b')] };
    const after = treeOf(twice);
    const [a, b] = after.servers;
    const current = b!.units[0]!;
    const plan = planWaves({
      after,
      changes: [
        {
          server: 'a',
          changes: planUnits({ desired: a!, observed: { server: 'a', units: { web: STALE, api: STALE } } }),
        },
        {
          server: 'b',
          changes: [{ kind: 'reload', service: 'web', unit: current, reasons: [] }],
        },
      ],
    });
    expect(plan.map(({ groups }) => groups.map(({ drains }) => drains))).toEqual([[[webEntry('a')]], [[]]]);
  });

  it('removes at the end, unless the port is needed by what is new', () => {
    const publishes = [{ address: '192.0.2.1', port: 80, containerPort: 80 }];
    const old = treeOf({ a: [{ service: 'old', publishes }] }).servers[0]!.units[0]!;
    const seen: Seen = { gone: STALE, old: { ...STALE, definition: old } };
    const renamed = { a: [{ service: 'new', publishes }] };
    expect(waves(renamed, () => seen)).toEqual(['canary: a(remove old, create new)', 'removals: a(remove gone)']);
    const elsewhere = { a: [{ service: 'new' }] };
    expect(waves(elsewhere, () => seen)).toEqual(['canary: a(create new)', 'removals: a(remove gone, remove old)']);
  });
});
