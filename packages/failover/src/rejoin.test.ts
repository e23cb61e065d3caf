import type { GuardStatus } from '@flotilla/model';
import { expect, test } from 'vitest';

import { DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './policy/testing.ts';
import type { ServiceView } from './policy/view.ts';
import { rejoin } from './rejoin.ts';
import { scriptedFleet } from './testing.ts';
import type { Asked } from './testing.ts';

const RECORD = { term: 2, holder: 'db2', phase: 'promoted', at: '' } as const;
const PRIMARY = statusOf('db2', { record: RECORD, verdict: { kind: 'open', term: 2 }, engine: PRIMARY_ENGINE });

/** db2 is primary in term 2; db1 is as given. */
function after(db1: object): ServiceView {
  return viewOf({ db2: { guard: PRIMARY }, db1 });
}

const ALL = ['lb', 'app1', 'app2', 'db1', 'db2'];

const following: GuardStatus = statusOf('db1', {
  record: RECORD,
  verdict: { kind: 'replica', of: 'db2', term: 2 },
  engine: REPLICA_ENGINE,
});

test.each([
  ['a server that holds no data', after({}), 'lb', 'FAILOVER_NOT_A_MEMBER'],
  ['the primary itself', after({}), 'db2', 'FAILOVER_REJOIN_PRIMARY'],
  ['a service without a primary', viewOf({ db1: DEAD }), 'db2', 'FAILOVER_NO_PRIMARY'],
  [
    'a fleet that does not answer',
    viewOf(Object.fromEntries(ALL.map((server) => [server, DEAD]))),
    'db1',
    'FAILOVER_NO_SERVER',
  ],
  ['a server that does not answer', after(DEAD), 'db1', 'FAILOVER_REJOIN_FAILED'],
])('a rejoin of %s is refused, and nothing is changed', async (_case, view, server, code) => {
  const { tools, changes } = scriptedFleet({ view: () => view });
  await expect(rejoin(tools, server)).rejects.toMatchObject({ code });
  expect(changes()).toEqual([]);
});

test('a member that can follow is started and nothing is ordered', async () => {
  const { tools, changes } = scriptedFleet({ view: () => after({ guard: following }) });
  expect(await rejoin(tools, 'db1')).toMatchObject({ kind: 'rejoin', server: 'db1', primary: 'db2' });
  expect(changes()).toEqual(['docker update db1', 'docker start db1']);
});

test('an isolated member is stopped before anybody lets it through again', async () => {
  const answer = (word: Asked) => (word === 'isolated' ? {} : undefined);
  const { tools, changes } = scriptedFleet({ view: () => after({ guard: following }), answer });
  await rejoin(tools, 'db1');
  expect(changes().map((each) => each.split(' ')[0])).toEqual([
    'stop',
    'lift',
    'lift',
    'lift',
    'lift',
    'docker',
    'docker',
  ]);
});

test('an isolated member that cannot be stopped stays isolated', async () => {
  const answer = (word: Asked) =>
    word === 'isolated' ? {} : word === 'stop' ? { stdout: 'true 7 always\n' } : undefined;
  const { tools, changes } = scriptedFleet({ view: () => after({ guard: following }), answer });
  await expect(rejoin(tools, 'db1')).rejects.toMatchObject({ code: 'FAILOVER_REJOIN_FAILED' });
  expect(changes()).toEqual(['stop db1']);
});

test('a machine is switched on first when that is asked for, and it is said when that cannot be', async () => {
  let isOn = false;
  const { tools } = scriptedFleet({ view: () => (isOn ? after({ guard: following }) : after(DEAD)) });
  const run = () => {
    isOn = true;
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', durationMs: 1, timedOut: false });
  };
  const without = { db1: { off: ['cut'], status: ['ask'], offWhen: 'off' } };
  await expect(rejoin({ ...tools, power: without }, 'db1', { powerOn: true })).rejects.toMatchObject({
    code: 'FAILOVER_NO_POWER_ON',
  });
  const power = { db1: { ...without.db1, on: ['wake', 'db1'] } };
  expect(await rejoin({ ...tools, power, runner: { run } }, 'db1', { powerOn: true })).toMatchObject({ server: 'db1' });
});
