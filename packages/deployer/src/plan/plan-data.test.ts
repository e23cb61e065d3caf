import { expect, it } from 'vitest';

import { guardUnit, treeOf } from '../../test/trees.ts';
import type { UnitSpec } from '../../test/trees.ts';
import { planUnits } from './plan-units.ts';
import { planWaves } from './plan-waves.ts';

const MEMBERS = ['a', 'b', 'c'];
const STALE = { appliedHash: 'old', runHash: 'old', running: true };
const guard = guardUnit('db', MEMBERS, 'patroni');
const etcd: UnitSpec = { service: 'etcd', kind: 'etcd', tier: 'platform' };
const database: UnitSpec = { service: 'db', kind: 'postgres', tier: 'data' };
const pooler: UnitSpec = { service: 'db-pooler', kind: 'pooler', tier: 'platform' };
const tree = treeOf(Object.fromEntries(MEMBERS.map((server) => [server, [guard, etcd, database, pooler]])));

/** Waves as text: `kind: server(services)…`. */
function waves(seen: typeof STALE | undefined, closed: readonly string[] = []): readonly string[] {
  const changes = tree.servers.map((desired) => ({
    server: desired.server,
    changes: planUnits({
      desired,
      observed: {
        server: desired.server,
        units: seen === undefined ? {} : Object.fromEntries(desired.units.map(({ service }) => [service, seen])),
      },
    }),
  }));
  return planWaves({ after: tree, changes, closed }).map(({ kind, groups }) => {
    const texts = groups.map((group) => `${group.server}(${group.changes.map(({ service }) => service).join(' ')})`);
    return `${kind}: ${texts.join(' ')}`;
  });
}

it('starts the voters of a consensus together, after the guards and before the first member of a database', () => {
  expect(waves(undefined)).toEqual([
    'guards: a(guard) b(guard) c(guard)',
    'consensus: a(etcd) b(etcd) c(etcd)',
    'data: a(db)',
    'data: b(db)',
    'data: c(db)',
    'canary: a(db-pooler)',
    'rollout: b(db-pooler) c(db-pooler)',
  ]);
});

it('changes running voters one after another', () => {
  expect(waves(STALE).filter((wave) => wave.startsWith('consensus'))).toEqual([
    'consensus: a(etcd)',
    'consensus: b(etcd)',
    'consensus: c(etcd)',
  ]);
});

it('repairs the members of a closed consensus together, because only together can they decide', () => {
  expect(waves(STALE, ['db']).filter((wave) => wave.startsWith('data'))).toEqual(['data: a(db) b(db) c(db)']);
});

it('makes a new replica last, once its primary lets it in', () => {
  const grown = treeOf(Object.fromEntries(MEMBERS.map((server) => [server, [guardUnit('db', MEMBERS), database]])));
  const order = (primary: string, fresh: readonly string[]) => {
    const changes = grown.servers.map((desired) => {
      const units = fresh.includes(desired.server) ? {} : { db: STALE };
      return { server: desired.server, changes: planUnits({ desired, observed: { server: desired.server, units } }) };
    });
    const data = planWaves({ after: grown, changes, primaries: { db: primary } }).filter(({ kind }) => kind === 'data');
    return data.flatMap(({ groups }) =>
      groups.map(({ server, handOvers }) => ({ server, to: handOvers[0]?.candidates })),
    );
  };
  expect(order('c', ['a'])).toEqual([
    { server: 'b', to: undefined },
    { server: 'c', to: ['b'] },
    { server: 'a', to: undefined },
  ]);
  // Nobody is there yet who could take the role.
  expect(order('c', ['a', 'b']).map(({ server, to }) => [server, to])).toEqual([
    ['c', undefined],
    ['a', undefined],
    ['b', undefined],
  ]);
});
