import type { EngineFacts, GuardVerdict } from '@flotilla/model';
import { expect, test } from 'vitest';

import { DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './policy/testing.ts';
import type { ServiceView } from './policy/view.ts';
import { switchover } from './switchover.ts';
import { orderIn, scriptedFleet } from './testing.ts';
import type { Asked } from './testing.ts';

const ALL = ['lb', 'app1', 'app2', 'db1', 'db2'];

function replica(engine: Partial<EngineFacts>): ServiceView {
  const verdict: GuardVerdict = { kind: 'replica', of: 'db1', term: 1 };
  return viewOf({ db2: { guard: statusOf('db2', { verdict, engine: { ...REPLICA_ENGINE, ...engine } }) } });
}

test.each([
  ['a wrong target', viewOf(), 'app1', 'FAILOVER_NOT_A_MEMBER'],
  ['the primary itself', viewOf(), 'db1', 'FAILOVER_ALREADY_PRIMARY'],
  ['a lagging target', replicaBehind(), 'db2', 'FAILOVER_TARGET_LAGS'],
  ['a target of another cluster', replica({ systemIdentifier: '8' }), 'db2', 'FAILOVER_OTHER_CLUSTER'],
  ['an unreachable target', viewOf({ db2: DEAD }), 'db2', 'FAILOVER_TARGET_NOT_STREAMING'],
  ['a target that cannot log in to the primary', replica({ streaming: false }), 'db2', 'FAILOVER_TARGET_NOT_STREAMING'],
  [
    'a fleet that does not answer',
    viewOf(Object.fromEntries(ALL.map((server) => [server, DEAD]))),
    'db2',
    'FAILOVER_NO_SERVER',
  ],
  ['a lost primary', viewOf({ db1: DEAD }), 'db2', 'FAILOVER_NO_PRIMARY'],
])('a switchover to %s is refused, and nothing is changed', async (_case, view, to, code) => {
  const { tools, changes } = scriptedFleet({ view: () => view });
  await expect(switchover(tools, to)).rejects.toMatchObject({ code });
  expect(changes()).toEqual([]);
});

function replicaBehind(): ServiceView {
  const verdict: GuardVerdict = { kind: 'open', term: 1 };
  const engine = { ...PRIMARY_ENGINE, lsn: '900000000' };
  const db1 = { guard: statusOf('db1', { verdict, engine }) };
  return viewOf({ db1 });
}

test.each<[string, Asked, string, string]>([
  ['a full disk of the target', 'space', '0\n', 'FAILOVER_TARGET_FULL'],
  ['a lock that expired in the meantime', 'keep', 'lost\n', 'FAILOVER_LOCK_LOST'],
  ['a failover that is under way', 'lock', 'held\n{"kind":"failover","holder":"maria"}\n', 'DEPLOY_LOCK_HELD'],
])('%s is a refusal, and nothing is changed', async (_case, asked, stdout, code) => {
  const answer = (word: Asked) => (word === asked ? { stdout } : undefined);
  const { tools, changes } = scriptedFleet({ view: () => viewOf(), answer });
  await expect(switchover(tools, 'db2')).rejects.toMatchObject({ code });
  expect(changes()).toEqual([]);
});

/** A fleet whose old primary ends as `old` once it heard of the claim. */
function handingOver(old: EngineFacts, next: EngineFacts) {
  let isClaimed = false;
  const verdict: GuardVerdict = { kind: 'closed', reason: 'term 2 is claimed' };
  const follow: GuardVerdict = { kind: 'replica', of: 'db1', term: 1 };
  const after = viewOf({
    db1: { guard: statusOf('db1', { verdict, engine: old }) },
    db2: { guard: statusOf('db2', { verdict: follow, engine: next }) },
  });
  return scriptedFleet({
    view: () => (isClaimed ? after : viewOf()),
    answer: (asked, _server, command) => {
      if (asked === 'order' && orderIn(command) === 'claim') isClaimed = true;
      return undefined;
    },
  });
}

const GTIDS = { kind: 'gtid-set', executed: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5' } as const;

test.each<[string, EngineFacts, EngineFacts]>([
  [
    'stopped cleanly',
    { ...PRIMARY_ENGINE, state: 'stopped', role: 'none', lsn: '1990', cleanShutdown: true },
    REPLICA_ENGINE,
  ],
  [
    'lies still while it runs',
    { state: 'running', role: 'none', position: GTIDS },
    { state: 'running', role: 'replica', position: GTIDS },
  ],
])('a target that holds everything of an old primary that %s is promoted', async (_case, old, next) => {
  const { tools, changes } = handingOver(old, next);
  const report = await switchover(tools, 'db2');
  expect(report).toMatchObject({ kind: 'switchover', from: 'db1', to: 'db2', term: 2, probe: { writers: ['db2'] } });
  expect(report).not.toHaveProperty('loss');
  expect(changes()).toContain('promote db2');
});

test('a target that lacks one transaction is not promoted: the old primary opens again in the next term', async () => {
  const short = { ...GTIDS, executed: GTIDS.executed.replace('1-5', '1-4') };
  const { tools, changes } = handingOver(
    { state: 'running', role: 'none', position: GTIDS },
    { state: 'running', role: 'replica', position: short },
  );
  await expect(switchover(tools, 'db2')).rejects.toMatchObject({ code: 'FAILOVER_STOP_NOT_PROVED' });
  expect(changes().filter((each) => each.startsWith('promote '))).toEqual(['promote db1']);
});
