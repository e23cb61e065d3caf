import { ETCD_UNIT } from '@flotilla/model';
import { expect, test } from 'vitest';

import { healthyRoles, rejoin, statusOf } from '../e2e/support/data-tier.ts';
import { seconds } from '../e2e/support/figures.ts';
import { whileWriting } from '../e2e/support/oracle.ts';
import { openBench, timed } from './support/bench.ts';
import { bootEngine, whole, strike, untilStatus } from './support/look.ts';
import { replaceMachine } from './support/replaced-machine.ts';

const SOME = 200;

const { fleet, note } = openBench({
  environment: 'faultspatroni',
  template: 'lab/patroni',
  data: { service: 'database', kind: 'postgres', database: 'ledger', client: 'edge', oldClient: 'edge' },
});

const etcdAt = (server: string) => `${ETCD_UNIT}@${server}`;

test('row 10: without a quorum of etcd the primary goes on while it sees its members, and closes when it does not', async () => {
  await whileWriting(fleet(), 'row-10', async (writing) => {
    await writing.continues(SOME);
    const { primary, replica } = await healthyRoles(fleet());
    for (const server of [replica, 'edge']) await strike(fleet(), 'stop', etcdAt(server));
    await writing.continues(20 * SOME);
    expect((await statusOf(fleet())).extraPrimaries).toEqual([]);
    await strike(fleet(), 'cut', primary, replica);
    const { result, took } = await timed(() =>
      untilStatus(fleet(), 'closed', (status) => status.primary === undefined),
    );
    expect(result.extraPrimaries).toEqual([]);
    note('10 no quorum, split', 'until the primary had closed', took);
    await strike(fleet(), 'mend', primary);
    for (const server of [replica, 'edge']) await strike(fleet(), 'boot', etcdAt(server));
    await healthyRoles(fleet());
    await writing.continues(SOME);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lateAcks: [], duplicated: [], unsent: [], holes: [] });
    note('10 no quorum', 'acknowledged, lost', `${verdict.acknowledged}, ${verdict.lost.length}`);
    note('10 no quorum', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
  });
});

test('row 4: a primary whose standby dies goes on alone and says so', async () => {
  await whileWriting(fleet(), 'row-4-patroni', async (writing) => {
    await writing.continues(SOME);
    const before = await whole(fleet());
    const { replica } = before;
    await strike(fleet(), 'kill9', `${fleet().data.service}@${replica}`, 'no-restart');
    await untilStatus(fleet(), 'degraded', ({ health }) => health === 'degraded');
    await writing.continues(SOME);
    await bootEngine(fleet(), replica);
    expect(await whole(fleet())).toEqual(before);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
  });
});

test('a voter with an empty disk is let in anew by a rejoin, and nothing else is touched', async () => {
  await whileWriting(fleet(), 'empty-voter', async (writing) => {
    await writing.continues(SOME);
    const before = await whole(fleet());
    await strike(fleet(), 'stop', etcdAt('edge'));
    await strike(fleet(), 'wipe', etcdAt('edge'));
    await strike(fleet(), 'boot', etcdAt('edge'));
    const lame = await untilStatus(fleet(), 'without a vote', ({ next }) => next.length > 0);
    expect(lame).toMatchObject({ health: 'degraded', next: [{ kind: 'rejoin', server: 'edge' }] });
    const { result, took } = await timed(() => rejoin(fleet(), 'edge'));
    expect(result).toMatchObject({ follows: false, voter: 'replaced' });
    note('empty voter', 'rejoined after', took);
    // A member as well as a voter, by its data this time.
    await strike(fleet(), 'stop', etcdAt(before.replica));
    expect(await rejoin(fleet(), before.replica)).toMatchObject({ follows: true, voter: 'started' });
    expect(await whole(fleet())).toEqual(before);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    note('empty voter', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
  });
});

test('a machine that was replaced as a whole gets its vote by a rejoin, and its data by the deploy after it', async () => {
  await whileWriting(fleet(), 'replaced', async (writing) => {
    await writing.continues(SOME);
    const { primary, replica } = await whole(fleet());
    const { environment } = fleet().repository;
    await replaceMachine(fleet(), replica);
    await fleet().expect(1, 'deploy', environment, '--sandbox');
    expect(await rejoin(fleet(), replica)).toMatchObject({ follows: false, voter: 'replaced' });
    await fleet().expect(0, 'deploy', environment, '--sandbox');
    expect(await whole(fleet())).toMatchObject({ primary, replica });
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    note('machine replaced', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
  });
});
