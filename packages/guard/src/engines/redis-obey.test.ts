import { describe, expect, it } from 'vitest';

import { obeyGuard } from './redis-obey.ts';
import type { RedisLink } from './redis-link.ts';

/** Answers as a Redis with this role and port would, and keeps what it was told beyond questions. */
function fakeRedis(role: readonly string[], port: string) {
  const told: string[] = [];
  const link: RedisLink = {
    ask: (...commands) => {
      if (commands[0]?.[0] === 'ROLE') return Promise.resolve([role, ['port', port]]);
      told.push(...commands.map((command) => command.join(' ')));
      return Promise.resolve(commands.map(() => 'OK'));
    },
    close: () => undefined,
  };
  return { link, told };
}

const MASTER = ['master', '100'];
const FOLLOWER = ['slave', '192.0.2.1', '6379', 'connected'];
const upstream = { host: '192.0.2.1', port: 6379 };

describe('obeyGuard', () => {
  it('closes a primary in one transaction: no port, no expiry, no client', async () => {
    const { link, told } = fakeRedis(MASTER, '6379');
    await obeyGuard(link, { kind: 'closed', reason: '' }, undefined);
    expect(told[0]).toBe('MULTI');
    expect(told.slice(1, -1)).toEqual([
      'CONFIG SET port 0',
      expect.stringMatching(/^CLIENT PAUSE \d+ WRITE$/),
      'CLIENT KILL TYPE normal SKIPME yes',
      'CLIENT KILL TYPE pubsub SKIPME yes',
    ]);
    expect(told.at(-1)).toBe('EXEC');
  });

  it.each([
    [{ kind: 'closed', reason: '' } as const, MASTER, '0'],
    [{ kind: 'private', reason: '' } as const, MASTER, '0'],
    [{ kind: 'open', term: 1 } as const, MASTER, '6379'],
    [{ kind: 'replica', of: 'db1', term: 1 } as const, FOLLOWER, '6379'],
  ])('says nothing where $kind is done already', async (verdict, role, port) => {
    const { link, told } = fakeRedis(role, port);
    await obeyGuard(link, verdict, upstream);
    expect(told).toEqual([]);
  });

  it('opens a primary, and never a replica', async () => {
    const closed = fakeRedis(MASTER, '0');
    await obeyGuard(closed.link, { kind: 'open', term: 1 }, undefined);
    expect(closed.told).toEqual(['MULTI', 'CLIENT UNPAUSE', 'CONFIG SET port 6379', 'EXEC']);
    const follower = fakeRedis(FOLLOWER, '0');
    await obeyGuard(follower.link, { kind: 'open', term: 1 }, undefined);
    expect(follower.told).toEqual([]);
  });

  it('follows another upstream, and leaves what it has when none is known', async () => {
    const { link, told } = fakeRedis(FOLLOWER, '6379');
    await obeyGuard(link, { kind: 'replica', of: 'db2', term: 2 }, { host: '192.0.2.2', port: 6379 });
    expect(told).toEqual(['MULTI', 'REPLICAOF 192.0.2.2 6379', 'EXEC']);
    const alone = fakeRedis(MASTER, '0');
    await obeyGuard(alone.link, { kind: 'replica', of: 'db1', term: 2 }, undefined);
    expect(alone.told).toEqual([]);
  });
});
