import { recordingFleet } from '@flotilla/exec';
import type { RemoteReply } from '@flotilla/exec';
import { describe, expect, test } from 'vitest';

import { assess } from './policy/assess.ts';
import { automaticView, statusOf } from './policy/testing.ts';
import { withElectorate } from './policy/voters.ts';
import { observeVoters, peersHeard } from './voters.ts';

const VOTERS = ['lb', 'db1', 'db2'];
const NAME = 'name\n6a64b946340c4061ccb44f1bcdb26b85f7a31fc1\nflags\n';

/** What a Sentinel says of two others, as redis-cli prints it. */
function sentinels(...flags: readonly string[]): RemoteReply {
  return { stdout: flags.map((each) => `${NAME}${each}\nlast-ping-sent\n0\n`).join('') };
}

async function ask(control: 'sentinel' | 'patroni', answers: Readonly<Record<string, RemoteReply>>) {
  const hosts = Object.fromEntries(VOTERS.map((name, index) => [name, `192.0.2.${10 + index}`]));
  const fleet = recordingFleet({ environment: 'lab', hosts, script: (server) => answers[server] ?? 'unreachable' });
  const kind = control === 'sentinel' ? 'redis' : 'postgres';
  const target = {
    environment: 'lab',
    service: 'store',
    kind,
    control,
    members: ['db1', 'db2'],
    voters: VOTERS,
  } as const;
  const electorate = await observeVoters(fleet, target, Promise.resolve(automaticView()));
  return { electorate, fleet, status: withElectorate(assess(automaticView()), electorate) };
}

describe('Sentinels', () => {
  const WELL = sentinels('sentinel', 'sentinel');

  test('that all vote leave a service in full health', async () => {
    const { status, fleet } = await ask('sentinel', { lb: WELL, db1: WELL, db2: WELL });
    expect(status).toMatchObject({ health: 'ok', electorate: { needed: 2, hasQuorum: true } });
    expect(fleet.commands.map(({ server }) => server)).toEqual(VOTERS);
    expect(fleet.commands[0]?.command.argv).toContain('lab-store-sentinel');
  });

  test('of which one is stopped leave it degraded, and the one is named', async () => {
    const other = sentinels('s_down,sentinel', 'sentinel');
    const stopped = { exitCode: 1, stderr: 'Error response from daemon: Container x is not running\n' };
    const { status } = await ask('sentinel', { lb: stopped, db1: other, db2: other });
    expect(status).toMatchObject({ health: 'degraded', primary: 'db1', electorate: { hasQuorum: true } });
    expect(status.electorate?.voters).toEqual([
      { server: 'lb', votes: false, reason: expect.stringMatching(/Sentinel does not answer.*is not running/) },
      { server: 'db1', votes: true, reason: '' },
      { server: 'db2', votes: true, reason: '' },
    ]);
  });

  test('of which one is left alone have no quorum: it answers, and hears nobody', async () => {
    const { status } = await ask('sentinel', { db1: sentinels('s_down,sentinel', 'sentinel,s_down,disconnected') });
    expect(status).toMatchObject({ health: 'degraded', electorate: { hasQuorum: false } });
    expect(status.electorate?.voters.map(({ votes }) => votes)).toEqual([false, false, false]);
    expect(status.electorate?.voters[1]?.reason).toMatch(/hears 0 of the 2 others/);
  });

  test('that were started without the service do not vote about it', () => {
    expect(peersHeard('ERR No such master with that name\n')).toBeUndefined();
    expect(peersHeard('')).toBe(0);
  });
});

describe('etcd', () => {
  const WELL = { stdout: '{"health":"true","reason":""}\n200' };

  test('that has a leader everywhere leaves a service in full health', async () => {
    const { status } = await ask('patroni', { lb: WELL, db1: WELL, db2: WELL });
    expect(status).toMatchObject({ health: 'ok', electorate: { what: 'etcd members', hasQuorum: true } });
  });

  test('that lost its quorum says so on the member that is left', async () => {
    const alone = { stdout: '{"health":"false","reason":"RAFT NO LEADER"}\n\n503' };
    const refused = { exitCode: 7, stdout: '\n000', stderr: 'curl: (7) Failed to connect\n' };
    const { status } = await ask('patroni', { lb: refused, db1: alone });
    expect(status).toMatchObject({ health: 'degraded', electorate: { hasQuorum: false } });
    expect(status.electorate?.voters.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('Failed to connect'),
      expect.stringContaining('RAFT NO LEADER'),
      'the server does not answer',
    ]);
  });
});

test('members of a group vote while they are in it, and nobody is asked for it', async () => {
  const guard = statusOf('db2', { engine: { state: 'running', role: 'none' } });
  const view = automaticView({ db2: { guard } });
  const script = (): RemoteReply => {
    throw new Error('asked');
  };
  const fleet = recordingFleet({ environment: 'lab', hosts: { db1: '192.0.2.1', db2: '192.0.2.2' }, script });
  const target = {
    environment: 'lab',
    service: 'd',
    kind: 'mysql',
    control: 'group-replication',
    members: ['db1', 'db2'],
  } as const;
  expect(await observeVoters(fleet, target, Promise.resolve(view))).toMatchObject({
    hasQuorum: false,
    voters: [
      { server: 'db1', votes: true },
      { server: 'db2', votes: false, reason: 'it is not in the group' },
    ],
  });
});

test('a service that a person decides about has no electorate', async () => {
  const fleet = recordingFleet({ environment: 'lab', hosts: {}, script: () => 'unreachable' });
  const target = { environment: 'lab', service: 'd', kind: 'postgres', control: 'guard', members: [] } as const;
  expect(await observeVoters(fleet, target, Promise.resolve(automaticView()))).toBeUndefined();
});
