import { fakeClock, recordingFleet } from '@flotilla/exec';
import type { RemoteReply } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { openSession } from '../session.ts';
import { patroniTarget } from '../testing.ts';
import { electorateWithout, returnVoter } from './etcd-voter.ts';

const HOSTS = { db1: '192.0.2.61', db2: '192.0.2.62', edge: '192.0.2.63' };
const MEMBERS = 'db1=http://192.0.2.61:2380,db2=http://192.0.2.62:2380,edge=http://192.0.2.63:2380';

/** What a server is asked or told, by a word that only its command has. */
const WORDS = {
  health: 'http_code',
  look: '*.wal',
  admit: 'member add',
  join: 'docker compose',
  park: '--restart=no',
  start: 'docker start',
} as const;
type Word = keyof typeof WORDS;

/** edge does not vote until it was started or has joined; `answers` stand in for the usual ones. */
function labWith(answers: Partial<Record<Word, RemoteReply>> = {}, lame: readonly string[] = ['edge']) {
  const done: string[] = [];
  let isBack = false;
  const fleet = recordingFleet({
    environment: 'lab',
    hosts: HOSTS,
    script: (server, { argv }) => {
      const text = argv.join('\n');
      const word = (Object.keys(WORDS) as Word[]).find((each) => text.includes(WORDS[each])) ?? 'start';
      if (word === 'health') return lame.includes(server) && !isBack ? { exitCode: 7 } : { stdout: '{}\n200' };
      done.push(`${word} ${server}`);
      const reply = answers[word] ?? (word === 'admit' ? { stdout: `${MEMBERS}\n` } : {});
      isBack ||= (word === 'join' || word === 'start') && typeof reply === 'object' && (reply.exitCode ?? 0) === 0;
      return reply;
    },
  });
  const target = { ...patroniTarget, voters: ['db1', 'db2', 'edge'] };
  const runner = { run: () => Promise.reject(new Error('nothing is run here')) };
  const tools = { fleet, target, runner, clock: fakeClock(), power: {}, holder: 'test', onEvent: () => undefined };
  const session = openSession(tools);
  const back = async () => {
    const electorate = await electorateWithout(session, 'edge');
    if (electorate === undefined) throw new Error('it votes');
    return returnVoter(session, 'edge', electorate);
  };
  return { session, back, done, commands: fleet.commands };
}

test('a voter that votes is left alone, and so is a server that is none', async () => {
  const { session, done } = labWith({}, []);
  expect(await electorateWithout(session, 'edge')).toBeUndefined();
  expect(
    await electorateWithout({ ...session, target: { ...session.target, control: 'guard' } }, 'db1'),
  ).toBeUndefined();
  expect(done).toEqual([]);
});

test('a voter that has its data is started', async () => {
  const { back, done } = labWith({ look: { stdout: 'data\n' } });
  expect(await back()).toBe('started');
  expect(done).toEqual(['look edge', 'start edge']);
});

test('a voter without data is let in by another that votes, and told who the members are', async () => {
  const { back, done, commands } = labWith({ look: { stdout: 'empty\n' } });
  expect(await back()).toBe('replaced');
  expect(done).toEqual(['look edge', 'park edge', 'admit db1', 'join edge']);
  const words = (word: Word) =>
    commands.find(({ command }) => command.argv.join('\n').includes(WORDS[word]))?.command.argv;
  expect(words('admit')?.slice(-3)).toEqual(['lab-etcd', 'edge', 'http://192.0.2.63:2380']);
  const compose = '/var/lib/flotilla/lab/services/etcd/current/compose.yaml';
  expect(words('join')?.slice(-4)).toEqual(['lab-etcd', compose, MEMBERS, '192.0.2.63']);
});

test('without a majority nobody is taken out, and one that has its data is started all the same', async () => {
  const without = labWith({ look: { stdout: 'empty\n' } }, ['edge', 'db2']);
  await expect(without.back()).rejects.toMatchObject({ code: 'FAILOVER_NO_QUORUM' });
  expect(without.done).toEqual(['look edge']);
  const whole = labWith({ look: { stdout: 'data\n' } }, ['edge', 'db2']);
  expect(await whole.back()).toBe('started');
  expect(whole.done).toEqual(['look edge', 'start edge']);
});

test.each([
  ['etcd is not deployed there', { look: { exitCode: 1, stderr: 'etcd is not deployed here\n' } }, ['look edge']],
  [
    'the others do not let it in',
    { look: { stdout: 'empty\n' }, admit: { exitCode: 1, stderr: 'unhealthy cluster\n' } },
    ['look edge', 'park edge', 'admit db1'],
  ],
  [
    'it does not join',
    { look: { stdout: 'empty\n' }, join: { exitCode: 1, stderr: 'no leader\n' } },
    ['look edge', 'park edge', 'admit db1', 'join edge'],
  ],
])('when %s, it is said why', async (_case, answers, steps) => {
  const { back, done } = labWith(answers);
  await expect(back()).rejects.toMatchObject({ code: 'FAILOVER_REJOIN_FAILED' });
  expect(done).toEqual(steps);
});
