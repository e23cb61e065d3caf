import { describe, expect, it } from 'vitest';

import { judgeAdoption, parseAdoptable } from './adopt.ts';
import type { Adoptable } from './adopt.ts';

const FOUND: Adoptable = {
  isRunning: true,
  restart: 'unless-stopped',
  image: 'postgres:17',
  user: 'app',
  source: '/var/lib/docker/volumes/shop/_data',
  version: 170_006,
  isStandby: false,
  hasChecksums: true,
  isMusl: false,
  next: 'postgres (PostgreSQL) 17.6 (Debian 17.6-1)',
  encodings: ['UTF8'],
  tablespaces: 0,
  preloaded: '',
  sizeBytes: 1_000,
  hasLinkedLog: false,
  isOccupied: false,
  isRenamable: true,
};
const AROUND = { image: 'postgres:17.6', free: { db2: 2_000 }, isGuarded: false };

describe('judgeAdoption', () => {
  it('has nothing against a running primary of the same major whose data can be renamed', () => {
    expect(judgeAdoption(FOUND, AROUND)).toEqual({ reasons: [], notes: [] });
  });

  it.each<[string, Partial<Adoptable>]>([
    ['one that is stopped', { isRunning: false, version: 0, isStandby: true }],
    ['one that cannot be asked', { version: 0, isStandby: true }],
    ['a standby', { isStandby: true }],
    ['another major', { next: 'postgres (PostgreSQL) 16.10' }],
    ['an image that cannot be run', { next: '' }],
    ['another C library', { isMusl: true }],
    ['another C library in the declared image', { next: 'postgres (PostgreSQL) 17.6 musl' }],
    ['data on no volume', { source: '', isRenamable: false }],
    ['data on another file system', { isRenamable: false }],
    ['data where data are already', { isOccupied: true }],
    ['tablespaces', { tablespaces: 1 }],
    ['a log that is elsewhere', { hasLinkedLog: true }],
    ['replicas without room', { sizeBytes: 1_900 }],
  ])('has one thing against %s', (_case, change) => {
    expect(judgeAdoption({ ...FOUND, ...change }, AROUND).reasons).toHaveLength(1);
  });

  it('has something against a service that was deployed before', () => {
    expect(judgeAdoption(FOUND, { ...AROUND, isGuarded: true }).reasons).toHaveLength(1);
  });

  it('says what a person should know', () => {
    const change = { hasChecksums: false, encodings: ['LATIN1', 'UTF8'], preloaded: 'pg_stat_statements' };
    expect(judgeAdoption({ ...FOUND, ...change }, AROUND)).toMatchObject({ reasons: [], notes: { length: 3 } });
  });
});

describe('parseAdoptable', () => {
  it('reads what a server prints', () => {
    const text = `running true
restart unless-stopped
image postgres:17
user app
source /var/lib/docker/volumes/shop/_data
version 170006
build PostgreSQL 17.6 on x86_64-pc-linux-gnu
standby f
checksums on
encodings UTF8${' '}
tablespaces 0
next postgres (PostgreSQL) 17.6 (Debian 17.6-1)
preloaded${' '}
kibibytes 10
renamable yes
`;
    expect(parseAdoptable(text)).toEqual({ ...FOUND, sizeBytes: 10_240 });
  });

  it('knows a container that is not there, and takes silence for a standby', () => {
    expect(parseAdoptable('absent\n')).toBeUndefined();
    expect(parseAdoptable('running false\nversion \nstandby \n')).toMatchObject({
      isRunning: false,
      isStandby: true,
      version: 0,
    });
  });
});
