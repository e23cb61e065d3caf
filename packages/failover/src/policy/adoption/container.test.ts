import { describe, expect, it } from 'vitest';

import { isBefore, judgeContainer, readContainer, versionIn } from './container.ts';
import { AROUND, foundWith } from './testing.ts';

const NEXT = { next: 'engine 1.0' };

describe('judgeContainer', () => {
  it('has nothing against a running one whose data can be renamed', () => {
    expect(judgeContainer(foundWith(NEXT), AROUND)).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['one that is stopped', { running: 'false', source: '', renamable: '' }, 'not running'],
    ['data on no volume', { source: '', renamable: '' }, 'on no volume'],
    ['data on another file system', { renamable: '' }, 'another file system'],
    ['data where data are already', { occupied: 'yes', renamable: '' }, 'holds data on this server'],
    ['an image that cannot be run', { next: '' }, 'could not be run'],
  ])('has one thing against %s', (_case, change, words) => {
    expect(judgeContainer(foundWith({ ...NEXT, ...change }), AROUND)).toEqual([expect.stringContaining(words)]);
  });

  it('has something against replicas without room, and against a service that was deployed before', () => {
    const around = { ...AROUND, free: { db2: 11_000, db3: 2 ** 30 }, isGuarded: true };
    const reasons = judgeContainer(foundWith(NEXT), around);
    expect(reasons).toEqual([
      'the guards know a term of the service: it was deployed before',
      'db2 has no room for a copy of its 10 KiB',
    ]);
  });
});

it('a container that is not there is none, and a silent answer is no answer', () => {
  expect(readContainer('absent\n')).toBeUndefined();
  const found = readContainer('running false\nversion \nstandby\n');
  expect(found).toMatchObject({ isRunning: false, restart: 'no', sizeBytes: 0 });
  expect([...(found?.answers.keys() ?? [])]).toEqual(['running']);
});

it.each([
  ['8.4.6', [8, 4, 6]],
  ['11.8.3-MariaDB-0+deb13u1', [11, 8, 3]],
  ['mysqld  Ver 9.7.0-1 for Linux on x86_64', [9, 7, 0]],
  ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', [7, 0, 15]],
  ['', undefined],
  [undefined, undefined],
])('the version in %o is %o', (text, version) => {
  expect(versionIn(text)).toEqual(version);
});

it.each([
  [[8, 4, 3], [8, 4, 6], true],
  [[8, 4, 6], [8, 4, 6], false],
  [[9, 0], [8, 4, 6], false],
  [[8, 4], [8, 4, 1], false],
])('%o before %o: %s', (left, right, expected) => {
  expect(isBefore(left, right)).toBe(expected);
});
