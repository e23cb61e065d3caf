import { fakeClock, recordingFleet, recordingRunner } from '@flotilla/exec';
import type { RemoteCommand, RemoteReply } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { withFailoverLock } from './lock.ts';
import { openSession } from './session.ts';

const HELD: RemoteReply = { stdout: 'held\n{"kind":"failover","holder":"maria","reason":"db1 is down","at":""}\n' };
const SERVERS = ['lb', 'app1', 'db1'];

function sessionWhere(answer: (server: string) => RemoteReply) {
  const hosts = Object.fromEntries(SERVERS.map((server, index) => [server, `192.0.2.${10 + index}`]));
  const script = (server: string, command: RemoteCommand) => (kindOf(command) === 'take' ? answer(server) : {});
  const fleet = recordingFleet({ environment: 'waybill', hosts, script });
  const target = {
    environment: 'waybill',
    service: 'database',
    kind: 'postgres',
    control: 'guard',
    members: ['db1'],
  } as const;
  const runner = recordingRunner(() => undefined);
  const said = { power: {}, holder: 'test', onEvent: () => undefined };
  const session = openSession({ fleet, target, runner, clock: fakeClock(), ...said });
  const done = () => fleet.commands.map(({ server, command }) => `${kindOf(command)} ${server}`);
  return { session, done };
}

/** Each script is told by its arguments: taking names the kind, keeping ends with the time to live. */
function kindOf({ argv }: RemoteCommand): 'take' | 'keep' | 'release' {
  if (argv.includes('failover')) return 'take';
  return argv.at(-1) === '15' ? 'keep' : 'release';
}

const options = { servers: SERVERS, reason: 'test' };

test('the first server decides between two tools, so that one of them gets every lock', async () => {
  const { session, done } = sessionWhere((server) => (server === 'app1' ? HELD : { stdout: 'taken 1\n' }));
  const work = withFailoverLock(session, options, () => Promise.resolve());
  await expect(work).rejects.toMatchObject({ code: 'DEPLOY_LOCK_HELD' });
  expect(done()).toEqual(['take app1']);
});

test('what was taken is given back when another server is held', async () => {
  const { session, done } = sessionWhere((server) => (server === 'db1' ? HELD : { stdout: 'taken 1\n' }));
  await expect(withFailoverLock(session, options, () => Promise.resolve())).rejects.toMatchObject({
    code: 'DEPLOY_LOCK_HELD',
  });
  expect(done()).toEqual(['take app1', 'take db1', 'take lb', 'release app1', 'release lb']);
});

test('long work keeps its locks', async () => {
  const { session, done } = sessionWhere(() => ({ stdout: 'taken 1\n' }));
  await withFailoverLock(session, { ...options, servers: ['db1'] }, () => session.clock.sleep(12_000));
  expect(done()).toEqual(['take db1', 'keep db1', 'keep db1', 'release db1']);
});
