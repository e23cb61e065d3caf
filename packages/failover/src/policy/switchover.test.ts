import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideSwitchover } from './switchover.ts';
import { automaticView, DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServiceView } from './view.ts';

const decide = (view: ServiceView, to: string) => decideSwitchover(assess(view), { to, control: 'guard' });

function replica(engine: object) {
  const verdict = { kind: 'replica', of: 'db1', term: 1 } as const;
  return { db2: { guard: statusOf('db2', { verdict, engine: { ...REPLICA_ENGINE, ...engine } }) } };
}

test('a streaming replica takes the next term', () => {
  expect(decide(viewOf(), 'db2')).toEqual({ kind: 'go', from: 'db1', to: 'db2', term: 2 });
});

test('a claim that died is outbid by the next term', () => {
  const record = { term: 4, holder: 'db2', phase: 'claimed', at: '' } as const;
  expect(decide(viewOf({ lb: { guard: statusOf('lb', { record }) } }), 'db2')).toMatchObject({ term: 5 });
});

test.each([
  ['an unknown server', viewOf(), 'db3', 'FAILOVER_NOT_A_MEMBER'],
  ['a server that holds no data', viewOf(), 'app1', 'FAILOVER_NOT_A_MEMBER'],
  ['the primary itself', viewOf(), 'db1', 'FAILOVER_ALREADY_PRIMARY'],
  ['a lost primary', viewOf({ db1: DEAD }), 'db2', 'FAILOVER_NO_PRIMARY'],
  ['too few guards', viewOf({ lb: DEAD, app1: DEAD, app2: DEAD }), 'db2', 'FAILOVER_NO_MAJORITY'],
  ['a replica with writes of its own', viewOf(replica({ errant: 'uuid:1' })), 'db2', 'FAILOVER_TARGET_ERRANT'],
  ['a replica that does not stream', viewOf(replica({ streaming: false })), 'db2', 'FAILOVER_TARGET_NOT_STREAMING'],
  ['a replica of another cluster', viewOf(replica({ systemIdentifier: '8' })), 'db2', 'FAILOVER_OTHER_CLUSTER'],
  ['a dead target', viewOf({ db2: DEAD }), 'db2', 'FAILOVER_TARGET_NOT_STREAMING'],
])('refuses %s', (_case, view, to, code) => {
  expect(decide(view, to)).toMatchObject({ kind: 'refused', code });
});

test('lag up to 16 MiB is waited for, one byte more is refused', () => {
  const primaryLsn = 20_000_000n;
  const primary = {
    db1: {
      guard: statusOf('db1', {
        verdict: { kind: 'open', term: 1 },
        engine: { state: 'running', role: 'primary', systemIdentifier: '7', timeline: 1, lsn: String(primaryLsn) },
      }),
      container: 'running',
    },
  } as const;
  const at = (lsn: bigint) => decide(viewOf({ ...primary, ...replica({ lsn: String(lsn) }) }), 'db2');
  expect(at(primaryLsn - 16_777_216n)).toMatchObject({ kind: 'go' });
  expect(at(primaryLsn - 16_777_217n)).toMatchObject({ code: 'FAILOVER_TARGET_LAGS' });
});

test('where an engine of consensus decides, no term is needed and none is claimed', () => {
  const decision = decideSwitchover(assess(automaticView()), { to: 'db2', control: 'patroni' });
  expect(decision).toEqual({ kind: 'go', from: 'db1', to: 'db2' });
  const two = automaticView({
    db2: {
      guard: statusOf('db2', { record: null, verdict: { kind: 'yielded', to: 'patroni' }, engine: PRIMARY_ENGINE }),
    },
  });
  expect(decideSwitchover(assess(two), { to: 'db2', control: 'patroni' })).toMatchObject({
    code: 'FAILOVER_TWO_PRIMARIES',
  });
});

test('a replica that lacks too many transactions is refused, whatever their bytes', () => {
  const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
  const engine = (executed: string) => ({ position: { kind: 'gtid-set', executed }, lsn: undefined }) as object;
  const verdict = { kind: 'open', term: 1 } as const;
  const db1 = { guard: statusOf('db1', { verdict, engine: { ...PRIMARY_ENGINE, ...engine(`${uuid}:1-6000`) } }) };
  const at = (last: number) => decide(viewOf({ db1, ...replica(engine(`${uuid}:1-${last}`)) }), 'db2');
  expect(at(1_000)).toMatchObject({ kind: 'go' });
  expect(at(999)).toMatchObject({ code: 'FAILOVER_TARGET_LAGS', facts: { lag: '5001 transactions' } });
});
