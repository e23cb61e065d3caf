import { fakeClock, recordingFleet } from '@flotilla/exec';
import type { CommandResult } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { openSession } from '../session.ts';
import { redisDriver } from './redis.ts';
import { sentinelDriver } from './sentinel.ts';

const target = {
  environment: 'lab',
  service: 'store',
  kind: 'redis',
  control: 'sentinel',
  members: ['db1', 'db2'],
} as const;
const change = { from: 'db1', to: 'db2' };

/** A session whose servers all answer with the same result. */
function sessionThat(answer: Partial<CommandResult>) {
  const fleet = recordingFleet({
    environment: 'lab',
    hosts: { db1: '192.0.2.1', db2: '192.0.2.2' },
    script: () => answer,
  });
  const runner = { run: () => Promise.reject(new Error('nothing runs here')) };
  const session = openSession({
    fleet,
    target,
    runner,
    clock: fakeClock(),
    power: {},
    holder: 'test',
    onEvent: () => undefined,
  });
  return { session, fleet };
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.catch((thrown: unknown) => thrown);
  return error instanceof FlotillaError ? error.code : 'none';
}

describe('a hand-over under Sentinels', () => {
  it('is proved at the moment at which the old primary stopped, by the clock of the tool', async () => {
    const { session } = sessionThat({ stdout: '120 4\n' });
    const nowMs = session.clock.now();
    expect((await sentinelDriver.handOver(session, change)).provedMs).toBe(nowMs - 1_200);
  });

  it('tells an old primary that goes on from a new one that does not open', async () => {
    expect(await codeOf(sentinelDriver.handOver(sessionThat({ exitCode: 3 }).session, change))).toBe(
      'FAILOVER_STOP_NOT_PROVED',
    );
    expect(await codeOf(sentinelDriver.handOver(sessionThat({ exitCode: 1 }).session, change))).toBe(
      'FAILOVER_PROMOTION_FAILED',
    );
    expect(await codeOf(sentinelDriver.handOver(sessionThat({ stdout: '' }).session, change))).toBe(
      'FAILOVER_PROMOTION_FAILED',
    );
  });

  it('is asked of the old primary, and a replacement of the new one', async () => {
    const { session, fleet } = sessionThat({ stdout: '1 1\n' });
    await sentinelDriver.handOver(session, change);
    await sentinelDriver.replace(session, change);
    const asked = fleet.commands.map(({ server, command }) => [
      server,
      ...command.argv.slice(0, 3),
      command.argv.at(-1),
    ]);
    expect(asked).toEqual([
      ['db1', 'docker', 'exec', 'lab-store', '192.0.2.2'],
      ['db2', 'docker', 'exec', 'lab-store', '192.0.2.2'],
    ]);
  });
});

describe('the divergence of a Redis', () => {
  const primary = {
    state: 'running',
    role: 'primary',
    position: { kind: 'offset', id: 'new', offset: '900', formerId: 'old', formerOffset: '500' },
  } as const;

  it('is counted after the point at which the new primary left the common history', async () => {
    const { session, fleet } = sessionThat({ stdout: '17 /data/db.superseded-4\n' });
    const remote = session.fleet.server('db1');
    expect(await redisDriver.countDivergence(remote, target, { primary, term: 4 })).toEqual({
      server: 'db1',
      commits: 17,
      isAtMost: true,
      keptIn: '/data/db.superseded-4',
    });
    expect(fleet.commands[0]?.command.argv.slice(-3)).toEqual(['old', '500', '4']);
  });

  it('is none where nothing was kept', async () => {
    const { session } = sessionThat({ stdout: '\n' });
    expect(
      await redisDriver.countDivergence(session.fleet.server('db1'), target, { primary, term: 4 }),
    ).toBeUndefined();
  });

  it('has no time of a last write where the engine cannot tell', async () => {
    const { session } = sessionThat({ stdout: '' });
    expect(await redisDriver.lastApplied(session.fleet.server('db2'), target)).toBeUndefined();
  });
});
