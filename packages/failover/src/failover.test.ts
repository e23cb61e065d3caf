import { describe, expect, test } from 'vitest';

import { failover, previewFailover } from './failover.ts';
import { automaticView, DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './policy/testing.ts';
import type { ServerView, ServiceView } from './policy/view.ts';
import { scriptedFleet } from './testing.ts';
import type { Asked } from './testing.ts';

const UNSEEN = { unseenPeers: ['db1'] };
const LOST = viewOf({ db1: DEAD, lb: UNSEEN, app1: UNSEEN, app2: UNSEEN, db2: UNSEEN });
const silentFleet = viewOf(Object.fromEntries(LOST.servers.map(({ server }) => [server, DEAD])));
const ACCEPT = { acceptLoss: true } as const;

/** The lost fleet with one server changed. */
function lostBut(server: string, change: Partial<ServerView>): ServiceView {
  return { ...LOST, servers: LOST.servers.map((each) => (each.server === server ? { ...each, ...change } : each)) };
}

const power = { db1: { off: ['cut', 'db1'], status: ['ask', 'db1'], offWhen: 'off' } };
const cutting = {
  run: () => Promise.resolve({ exitCode: 0, stdout: 'off\n', stderr: '', durationMs: 1, timedOut: false }),
};

describe('a failover that is refused changes nothing', () => {
  test.each([
    ['a healthy primary', viewOf(), {}, 'FAILOVER_PRIMARY_HEALTHY'],
    ['a target that holds no data', LOST, { to: 'app1' }, 'FAILOVER_BAD_TARGET'],
    ['a fleet that does not answer this machine', silentFleet, {}, 'FAILOVER_NO_SERVER'],
    ['no reachable replica', lostBut('db2', DEAD), {}, 'FAILOVER_NO_CANDIDATE'],
    ['a server that another one still sees', lostBut('app2', { unseenPeers: [] }), {}, 'FAILOVER_SEEN_BY_OTHERS'],
    ['a machine that is another server', lostBut('db2', { guard: statusOf('app1') }), {}, 'FAILOVER_WRONG_SERVER'],
    ['a loss that nobody accepted', LOST, { acceptLoss: false }, 'FAILOVER_LOSS_NOT_ACCEPTED'],
    [
      'a replica of another cluster',
      lostBut('db2', {
        guard: statusOf('db2', {
          verdict: { kind: 'replica', of: 'db1', term: 1 },
          engine: { ...REPLICA_ENGINE, systemIdentifier: '8' },
          seen: { db1: { engine: PRIMARY_ENGINE, agoMs: 100 } },
        }),
      }),
      {},
      'FAILOVER_OTHER_CLUSTER',
    ],
    [
      'a replica whose guard has another password than its engine',
      lostBut('db2', {
        guard: statusOf('db2', {
          verdict: { kind: 'replica', of: 'db1', term: 1 },
          engine: { state: 'unknown', role: 'none' },
        }),
      }),
      {},
      'FAILOVER_NO_CANDIDATE',
    ],
  ])('for %s', async (_case, view, options, code) => {
    const { tools, changes } = scriptedFleet({ view: () => view });
    await expect(failover(tools, { ...ACCEPT, ...options })).rejects.toMatchObject({ code });
    expect(changes()).toEqual([]);
  });

  test.each<[string, Asked, string, string]>([
    ['a full disk of the target', 'space', '1024\n', 'FAILOVER_TARGET_FULL'],
    ['a lock that another tool holds', 'lock', 'held\n{"kind":"failover","holder":"maria"}\n', 'DEPLOY_LOCK_HELD'],
    ['a lock that expired in the meantime', 'keep', 'lost\n', 'FAILOVER_LOCK_LOST'],
    [
      'the quiet period of the last one',
      'memory',
      'failover 60 {"finishedAt":"","events":[],"report":{"kind":"failover","from":"db2","to":"db1"}}\n',
      'FAILOVER_QUIET_PERIOD',
    ],
  ])('for %s', async (_case, asked, stdout, code) => {
    const answer = (word: Asked) => (word === asked ? { stdout } : undefined);
    const { tools, changes } = scriptedFleet({ view: () => LOST, answer });
    await expect(failover({ ...tools, power, runner: cutting }, ACCEPT)).rejects.toMatchObject({ code });
    expect(changes()).toEqual([]);
  });

  test('when the person does not confirm what would be lost', async () => {
    const { tools, changes } = scriptedFleet({ view: () => LOST });
    const asked: unknown[] = [];
    const confirm = (forecast: unknown) => {
      asked.push(forecast);
      return Promise.reject(new Error('no'));
    };
    await expect(failover(tools, { ...ACCEPT, confirm })).rejects.toThrow('no');
    expect(asked).toMatchObject([{ from: 'db1', to: 'db2', loss: { isPossible: true }, fence: ['db1'] }]);
    expect(changes()).toEqual([]);
  });

  test('a preview says the same and changes nothing either', async () => {
    const { tools, changes } = scriptedFleet({ view: () => LOST });
    expect(await previewFailover(tools, {})).toMatchObject({ from: 'db1', to: 'db2', term: 2 });
    expect(changes()).toEqual([]);
  });
});

test('the quiet period can be overridden by who knows of it', async () => {
  const stdout = 'failover 60 {"finishedAt":"","events":[],"report":{"kind":"failover","from":"db2","to":"db1"}}\n';
  const answer = (word: Asked) => (word === 'memory' ? { stdout } : undefined);
  const { tools } = scriptedFleet({ view: () => LOST, answer });
  const report = await failover({ ...tools, power, runner: cutting }, { ...ACCEPT, isDespiteQuiet: true });
  expect(report).toMatchObject({ from: 'db1', to: 'db2' });
});

test('a failover claims, proves the fence, promotes, and probes who takes writes, in this order', async () => {
  const { tools, changes } = scriptedFleet({ view: () => LOST });
  const report = await failover({ ...tools, power, runner: cutting }, ACCEPT);
  expect(report).toMatchObject({ term: 2, fence: { kind: 'powered-off', server: 'db1' }, probe: { writers: ['db2'] } });
  expect(changes().filter((each) => !each.startsWith('claim') && !each.startsWith('promoted'))).toEqual([
    'fence db2',
    'promote db2',
  ]);
  expect(
    changes()
      .slice(0, 4)
      .every((each) => each.startsWith('claim')),
  ).toBe(true);
  expect(report.events.map(({ step }) => step)).toEqual([
    'observe',
    'loss',
    'lock',
    'claim',
    'fence',
    'open',
    'probe',
    'record',
  ]);
});

test('without a power driver the old primary is isolated on every other server', async () => {
  const { tools, changes } = scriptedFleet({ view: () => LOST });
  const report = await failover(tools, ACCEPT);
  expect(report.fence).toMatchObject({ kind: 'isolated', server: 'db1' });
  expect(
    changes()
      .filter((each) => each.startsWith('isolate'))
      .toSorted(),
  ).toEqual(['isolate app1', 'isolate app2', 'isolate db2', 'isolate lb']);
});

describe('when one server does not isolate it', () => {
  const answer = (word: Asked, server: string) =>
    word === 'isolate' && server === 'app2' ? { exitCode: 1, stderr: 'port 5432 still answers' } : undefined;

  test('nothing is promoted', async () => {
    const { tools, changes } = scriptedFleet({ view: () => LOST, answer });
    await expect(failover(tools, ACCEPT)).rejects.toMatchObject({ code: 'FAILOVER_UNFENCED' });
    expect(changes().some((each) => each.startsWith('promote'))).toBe(false);
  });

  test('a person may override it in words, and the report says so', async () => {
    const { tools } = scriptedFleet({ view: () => LOST, answer });
    const report = await failover(tools, { ...ACCEPT, unfenced: 'I pulled the plug of db1' });
    expect(report).toMatchObject({ fence: { kind: 'unfenced' }, unfenced: 'I pulled the plug of db1' });
  });
});

test('every member that does not answer in the new term is fenced before the promotion', async () => {
  const db3 = { server: 'db3', ...DEAD };
  const unseenPeers = ['db1', 'db3'];
  const servers = [...LOST.servers.map((each) => (each.reachable ? { ...each, unseenPeers } : each)), db3];
  const three: ServiceView = { ...LOST, members: ['db1', 'db2', 'db3'], servers };
  const { tools } = scriptedFleet({ view: () => three });
  const both = { ...power, db3: { off: ['cut', 'db3'], status: ['ask', 'db3'], offWhen: 'off' } };
  const report = await failover({ ...tools, power: both, runner: cutting }, ACCEPT);
  expect(report.fence).toMatchObject({ kind: 'powered-off', server: 'db1' });
  expect(report.alsoFenced).toMatchObject([{ kind: 'powered-off', server: 'db3' }]);
  await expect(failover({ ...tools, power, runner: cutting }, ACCEPT)).rejects.toMatchObject({
    code: 'FAILOVER_UNFENCED',
    message: expect.stringContaining('db3'),
  });
});

test('two members that take writes afterwards are said at once', async () => {
  const answer = (word: Asked) => (word === 'roles' ? { stdout: 'db1 200\ndb2 200\n' } : undefined);
  const { tools } = scriptedFleet({ view: () => LOST, answer });
  await expect(failover({ ...tools, power, runner: cutting }, ACCEPT)).rejects.toMatchObject({
    code: 'FAILOVER_TWO_WRITERS',
  });
});

test('where an engine of consensus decides, a refusal is the same', async () => {
  const { tools, changes } = scriptedFleet({ view: () => automaticView(), control: 'patroni' });
  await expect(failover(tools, ACCEPT)).rejects.toMatchObject({ code: 'FAILOVER_PRIMARY_HEALTHY' });
  expect(changes()).toEqual([]);
});
