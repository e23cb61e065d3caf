import { fakeClock, recordingFleet } from '@flotilla/exec';
import type { RecordingFleetOptions } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { observeService } from './observe.ts';
import { statusOf } from './policy/testing.ts';
import { target } from './testing.ts';

const SERVERS = ['lb', 'app1', 'app2', 'db1', 'db2'];

function fleetThat(script: RecordingFleetOptions['script']) {
  const hosts = Object.fromEntries(SERVERS.map((server, index) => [server, `192.0.2.${10 + index}`]));
  return recordingFleet({ environment: 'waybill', hosts, script });
}

/** The answer of a server whose guard reads, or has lost, the one of db1. */
function answer(server: string, db1: 'read' | 'lost') {
  const record = { term: 1, holder: 'db1', phase: 'promoted', at: '' } as const;
  const guard = statusOf(server, { peers: { db1: db1 === 'lost' ? null : record } });
  return { stdout: `${JSON.stringify(guard)}\nrunning\n` };
}

const never = () => new Promise<never>(() => undefined);

test('a silent server is waited for no longer than until every other guard has lost it', async () => {
  const clock = fakeClock();
  const fleet = fleetThat((server) =>
    server === 'db1' ? never() : answer(server, clock.now() < 2_300 ? 'read' : 'lost'),
  );
  const { servers } = await observeService(fleet, target, clock);
  expect(servers.map(({ server, reachable }) => [server, reachable])).toEqual([
    ['lb', true],
    ['app1', true],
    ['app2', true],
    ['db1', false],
    ['db2', true],
  ]);
  expect(servers[0]?.unseenPeers).toEqual(['db1']);
  expect(clock.now()).toBeLessThan(2_700);
});

test('a silent server that one guard still sees is waited for', async () => {
  const clock = fakeClock();
  const fleet = fleetThat(async (server) => {
    if (server !== 'db1') return answer(server, server === 'app2' ? 'read' : 'lost');
    await clock.sleep(3_500);
    return answer(server, 'read');
  });
  const { servers } = await observeService(fleet, target, clock);
  expect(servers.every(({ reachable }) => reachable)).toBe(true);
});

test('without a majority of guards, nobody is given up early', async () => {
  const clock = fakeClock();
  const fleet = fleetThat(async (server) => {
    if (server === 'lb' || server === 'db2') return answer(server, 'lost');
    await clock.sleep(3_500);
    return answer(server, 'read');
  });
  const { servers } = await observeService(fleet, target, clock);
  expect(servers.every(({ reachable }) => reachable)).toBe(true);
});

test('a container that ended counts as stopped only when nothing starts it again', async () => {
  const seen = async (inspected: string) => {
    const fleet = fleetThat((server) => ({ stdout: `${JSON.stringify(statusOf(server))}\n${inspected}\n` }));
    return (await observeService(fleet, target, fakeClock())).servers[0]?.container;
  };
  expect(await seen('exited unless-stopped')).toBe('ended');
  expect(await seen('exited no')).toBe('stopped');
  expect(await seen('running unless-stopped')).toBe('running');
  expect(await seen('paused no')).toBe('paused');
  expect(await seen('missing')).toBe('missing');
});

test('what SSH said of a server that does not answer is kept', async () => {
  const fleet = fleetThat((server) => (server === 'lb' ? 'unreachable' : answer(server, 'read')));
  const { servers } = await observeService(fleet, target, fakeClock());
  expect(servers[0]).toMatchObject({ server: 'lb', reachable: false, detail: expect.stringMatching(/\S/) });
  expect(servers[1]).not.toHaveProperty('detail');
});
