import { describe, expect, it } from 'vitest';

import { judgePostgres } from './postgres.ts';
import { AROUND, foundWith } from './testing.ts';

const ANSWERS = {
  user: 'app',
  version: '170006',
  build: 'PostgreSQL 17.6 on x86_64-pc-linux-gnu',
  standby: 'f',
  checksums: 'on',
  encodings: 'UTF8',
  extensions: 'citext plpgsql',
  offered: 'citext hstore plpgsql',
  tablespaces: '0',
  next: 'postgres (PostgreSQL) 17.6 (Debian 17.6-1)',
};

describe('judgePostgres', () => {
  it('has nothing against a running primary of the same major', () => {
    expect(judgePostgres(foundWith(ANSWERS), AROUND)).toEqual({ reasons: [], notes: [] });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['one that cannot be asked', { version: '', standby: '' }, 'superuser app does not get in'],
    ['a standby', { standby: 't' }, 'standby'],
    ['one that does not say whether it is a standby', { standby: '' }, 'standby'],
    ['another major', { next: 'postgres (PostgreSQL) 16.10' }, 'it is PostgreSQL 17, and the declared image is 16'],
    ['another C library', { build: 'PostgreSQL 17.6 on x86_64-pc-linux-musl' }, 'sort text differently'],
    ['another C library in the declared image', { next: 'postgres (PostgreSQL) 17.6 musl' }, 'sort text differently'],
    ['tablespaces', { tablespaces: '1' }, 'tablespaces'],
    ['an extension that the image lacks', { extensions: 'plpgsql postgis' }, 'use: postgis'],
    ['a log that is elsewhere', { linked: 'pg_wal' }, 'pg_wal'],
  ])('has one thing against %s', (_case, change, words) => {
    const { reasons } = judgePostgres(foundWith({ ...ANSWERS, ...change }), AROUND);
    expect(reasons).toEqual([expect.stringContaining(words)]);
  });

  it('says what a person should know', () => {
    const change = { checksums: 'off', encodings: 'LATIN1 UTF8', preloaded: 'pg_stat_statements', altered: 'work_mem' };
    const advice = judgePostgres(foundWith({ ...ANSWERS, ...change }), AROUND);
    expect(advice).toMatchObject({ reasons: [], notes: { length: 4 } });
    expect(advice.notes.join('\n')).toContain('ALTER SYSTEM set work_mem');
  });

  it('says whose passwords would be refused, and which databases their clients could not read', () => {
    const change = { version: '150012', next: 'postgres (PostgreSQL) 15.14', md5: 'clerk', superowned: 'shop other' };
    const { notes } = judgePostgres(foundWith({ ...ANSWERS, ...change }), AROUND);
    expect(notes).toEqual([expect.stringContaining('of clerk'), expect.stringMatching(/^shop belongs/)]);
    expect(judgePostgres(foundWith({ ...ANSWERS, superowned: 'shop' }), AROUND).notes).toEqual([]);
  });

  it('says nothing of what the environment keeps loading', () => {
    const around = { ...AROUND, tuning: { shared_preload_libraries: 'pg_stat_statements' } };
    expect(judgePostgres(foundWith({ ...ANSWERS, preloaded: 'pg_stat_statements' }), around).notes).toEqual([]);
  });
});
