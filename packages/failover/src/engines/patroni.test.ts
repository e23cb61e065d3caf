import { fakeClock, recordingFleet } from '@flotilla/exec';
import type { RecordedCommand, RemoteReply } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { statusOf } from '../policy/testing.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { patroniTarget } from '../testing.ts';
import { leaderScript, parseMove } from './patroni-move.ts';
import { parseFork, patroniDriver } from './patroni.ts';

const CHANGE = { from: 'db1', to: 'db2' } as const;

function sessionWith(script: (server: string, argv: readonly string[]) => RemoteReply) {
  const hosts = { db1: '192.0.2.61', db2: '192.0.2.62', edge: '192.0.2.63' };
  const fleet = recordingFleet({ environment: 'lab', hosts, script: (server, { argv }) => script(server, argv) });
  const runner = { run: () => Promise.reject(new Error('nothing is run here')) };
  const tools = {
    fleet,
    target: patroniTarget,
    runner,
    clock: fakeClock(),
    power: {},
    holder: 'test',
    onEvent: () => undefined,
  };
  const session: Session = openSession(tools);
  return { session, commands: fleet.commands };
}

function moveOn(commands: readonly RecordedCommand[]) {
  return commands.map(({ server, command }) => [server, ...command.argv.slice(-3)]);
}

test('a hand-over is moved where the leader is, and says since when nothing was written there', async () => {
  const { session, commands } = sessionWith(() => ({ stdout: '{"end": 100, "received": 220, "sinceProofMs": 300}\n' }));
  const before = session.clock.now();
  const { provedMs, evidence } = await patroniDriver.handOver(session, CHANGE);
  expect(provedMs).toBe(before - 300);
  expect(evidence).toContain('220');
  expect(moveOn(commands)).toEqual([['db1', 'hand-over', 'db1', 'db2']]);
  expect(commands[0]?.command.stdin).toBe(leaderScript());
});

test.each([
  [3, 'FAILOVER_STOP_NOT_PROVED'],
  [4, 'FAILOVER_PROMOTION_FAILED'],
  [137, 'FAILOVER_PROMOTION_FAILED'],
])('a hand-over that ends with %i is %s', async (exitCode, code) => {
  const { session } = sessionWith(() => ({ exitCode, stdout: '{"reason": "why"}\n' }));
  await expect(patroniDriver.handOver(session, CHANGE)).rejects.toMatchObject({
    code,
    message: expect.stringContaining('why'),
  });
});

test('a success without its proof is none', async () => {
  const { session } = sessionWith(() => ({ stdout: 'welcome\n' }));
  await expect(patroniDriver.handOver(session, CHANGE)).rejects.toMatchObject({ code: 'FAILOVER_PROMOTION_FAILED' });
});

test('the lock of a fenced leader is taken away on the server that follows it', async () => {
  const { session, commands } = sessionWith(() => ({ stdout: '{"sinceProofMs": 600}\n' }));
  await patroniDriver.replace(session, CHANGE);
  expect(moveOn(commands)).toEqual([['db2', 'replace', 'db1', 'db2']]);
  const failing = sessionWith(() => ({ exitCode: 4, stdout: '{"reason": "the leader is db3"}' }));
  await expect(patroniDriver.replace(failing.session, CHANGE)).rejects.toMatchObject({
    code: 'FAILOVER_PROMOTION_FAILED',
    message: expect.stringContaining('the leader is db3'),
  });
});

function returning(kept: string) {
  const engine = { state: 'running', role: 'replica', timeline: 4, lsn: '1', streaming: true } as const;
  const status = statusOf('db1', { verdict: { kind: 'yielded', to: 'patroni' }, engine });
  return sessionWith((_server, argv) => {
    const text = argv.join(' ');
    if (text.includes('/status')) return { stdout: `${JSON.stringify(status)}\nrunning unless-stopped\n` };
    if (text.includes('pg_waldump')) return { stdout: `${kept}\n` };
    return { stdout: '3\t0/506F5D0\tno recovery target specified\n' };
  });
}

test('a member that follows again tells what was kept of the timeline that ended last', async () => {
  const { session, commands } = returning('12 /var/lib/postgresql/data/pgdata.superseded-3');
  const divergence = await patroniDriver.rejoin(session, { server: 'db1', primary: 'db2' });
  expect(divergence).toEqual({ server: 'db1', commits: 12, keptIn: '/var/lib/postgresql/data/pgdata.superseded-3' });
  expect(commands.at(-1)?.command.argv.slice(-3)).toEqual(['3', '0/506F5D0', '3']);
});

test('a member that kept nothing has no divergence', async () => {
  const { session } = returning('none');
  expect(await patroniDriver.rejoin(session, { server: 'db1', primary: 'db2' })).toBeUndefined();
});

test('a fork is a line of a history, and nothing else', () => {
  expect(parseFork('2\t0/506F5D0\tno recovery target specified')).toEqual({ timeline: 2, lsn: String(0x506f5d0) });
  expect(parseFork('7\t1/0\tx')).toEqual({ timeline: 7, lsn: String(2n ** 32n) });
  expect(parseFork('')).toBeUndefined();
  expect(parseFork('ls: cannot access')).toBeUndefined();
});

test('what is no object says nothing', () => {
  expect(parseMove('')).toEqual({});
  expect(parseMove('null')).toEqual({});
  expect(parseMove('noise\n{"end": "1", "reason": "x\\u001b[1m"}')).toMatchObject({
    reason: expect.not.stringContaining('\u001b'),
  });
});
