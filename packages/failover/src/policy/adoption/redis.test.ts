import { describe, expect, it } from 'vitest';

import { judgeRedis } from './redis.ts';
import { AROUND, foundWith } from './testing.ts';

const ANSWERS = {
  version: '7.0.15',
  next: 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0',
  name: 'redis',
  role: 'master',
  cluster: '0',
  unwritten: '1048576',
  folder: '/data',
  policy: 'noeviction',
  databases: '16',
  room: '1000000',
};

describe('judgeRedis', () => {
  it('has nothing against a primary whose keys fit, nor against a newer image', () => {
    expect(judgeRedis(foundWith(ANSWERS), AROUND)).toEqual({ reasons: [], notes: [] });
    expect(judgeRedis(foundWith({ ...ANSWERS, next: 'Redis server v=8.2.1' }), AROUND).reasons).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['one with another password', { version: '', role: '', folder: '' }, 'superuser password'],
    ['a Valkey', { name: 'valkey' }, 'Valkey'],
    ['a replica', { role: 'slave' }, 'replica'],
    ['a node of a cluster', { cluster: '1' }, 'cluster'],
    ['one that hides its folder', { folder: '' }, 'CONFIG GET dir'],
    ['an older image', { next: 'Redis server v=6.2.19' }, 'older 6.2.19'],
    ['more keys than are allowed', { unwritten: '700000000' }, 'raise memory:'],
    ['a full disk', { room: '100' }, 'no room for the dump'],
  ])('has one thing against %s', (_case, change, words) => {
    const { reasons } = judgeRedis(foundWith({ ...ANSWERS, ...change }), AROUND);
    expect(reasons).toEqual([expect.stringContaining(words)]);
  });

  it('leaves the memory to whoever sets it', () => {
    const around = { ...AROUND, tuning: { maxmemory: '900mb' } };
    expect(judgeRedis(foundWith({ ...ANSWERS, unwritten: '700000000' }), around).reasons).toEqual([]);
  });

  it('says what stays behind, but not what the environment keeps', () => {
    const change = {
      open: 'yes',
      policy: 'allkeys-lru',
      databases: '32',
      modules: 'ReJSON',
      users: 'app',
      downstream: '2',
    };
    const found = foundWith({ ...ANSWERS, ...change });
    expect(judgeRedis(found, AROUND).notes).toHaveLength(6);
    const tuning = { 'maxmemory-policy': 'allkeys-lru', databases: 32 };
    expect(judgeRedis(found, { ...AROUND, tuning }).notes).toHaveLength(4);
  });
});
