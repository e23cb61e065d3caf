import { expect, test } from 'vitest';

import { assess } from './assess.ts';
import { decideSwitchover } from './switchover.ts';
import { DEAD, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';
import type { ServiceView } from './view.ts';

const decide = (view: ServiceView, to: string) => decideSwitchover(assess(view), to);

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
