import type { EngineFacts } from '@flotilla/model';
import { describe, expect, test } from 'vitest';

import { byPosition, formatLag, formatLsn, formatPosition, holdsEverything, lagBetween } from './position.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const B = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

function mysql(executed: string, more: Partial<EngineFacts> = {}): EngineFacts {
  return { state: 'running', role: 'replica', position: { kind: 'gtid-set', executed }, ...more };
}

function redis(offset: string, more: Partial<EngineFacts> = {}): EngineFacts {
  return { state: 'running', role: 'replica', position: { kind: 'offset', id: 'x'.repeat(40), offset }, ...more };
}

function wal(lsn: string, timeline = 1): EngineFacts {
  return { state: 'running', role: 'replica', timeline, lsn };
}

test('an LSN reads as PostgreSQL writes it', () => {
  expect(formatLsn(0x16_b374_d848n)).toBe('16/B374D848');
  expect(formatLsn(0n)).toBe('0/0');
});

describe('byPosition', () => {
  const order = (...facts: readonly EngineFacts[]) => facts.toSorted(byPosition).map((each) => facts.indexOf(each));

  test('a later timeline comes before a later position', () => {
    expect(order(wal('1990'), wal('1991'), wal('10', 2))).toEqual([2, 1, 0]);
  });

  test('a set comes before what it includes, received transactions counted', () => {
    const received = { kind: 'gtid-set', executed: `${A}:1-3`, received: `${A}:4-9` } as const;
    expect(order(mysql(`${A}:1-5`), mysql('', { position: received }), mysql(`${A}:1-4`))).toEqual([1, 0, 2]);
  });

  test('of two sets that hold what the other lacks, the one with more transactions comes first', () => {
    expect(order(mysql(`${A}:1-9`), mysql(`${A}:1-5,${B}:1-7`))).toEqual([1, 0]);
  });

  test('a greater offset of the same history comes first', () => {
    expect(order(redis('9'), redis('10'))).toEqual([1, 0]);
  });
});

describe('lagBetween', () => {
  test('counts bytes of a log, transactions of a set and bytes of a stream', () => {
    expect(lagBetween(wal('2000'), wal('1990'))).toEqual({ amount: 10n, unit: 'bytes' });
    expect(lagBetween(mysql(`${A}:1-9,${B}:1`), mysql(`${A}:1-5`))).toEqual({ amount: 5n, unit: 'transactions' });
    expect(lagBetween(redis('12'), redis('10'))).toEqual({ amount: 2n, unit: 'bytes' });
    const list = (executed: string) => mysql('', { position: { kind: 'gtid-list', executed } });
    expect(lagBetween(list('0-1-100,0-2-110'), list('0-1-98'))).toEqual({ amount: 112n, unit: 'transactions' });
  });

  test('is never less than nothing, and unknown where nothing can be compared', () => {
    expect(lagBetween(wal('1990'), wal('2000'))?.amount).toBe(0n);
    expect(lagBetween(wal('1990'), redis('1'))).toBeUndefined();
    expect(
      lagBetween(redis('1'), { ...redis('1'), position: { kind: 'offset', id: 'other', offset: '1' } }),
    ).toBeUndefined();
  });

  test('reads well', () => {
    expect(formatLag({ amount: 1n, unit: 'transactions' })).toBe('1 transaction');
    expect(formatLag({ amount: 12n, unit: 'bytes' })).toBe('12 bytes');
  });
});

test('a position reads as the field writes it, and a long set by its size', () => {
  expect(formatPosition(wal('50331976', 2))).toBe('0/3000148 on timeline 2');
  expect(formatPosition(mysql(`${A}:1-5`))).toBe(`${A}:1-5`);
  const many = Array.from({ length: 9 }, (_, index) => `${A.slice(0, -1)}${index}:1-2`).join(',');
  expect(formatPosition(mysql(many))).toBe('18 transactions');
  expect(formatPosition(redis('7'))).toBe('offset 7 of history xxxxxxxx');
  expect(formatPosition(undefined)).toBe('unknown');
});

describe('a hand-over is proved', () => {
  test('only by a clean stop that the target has received whole, for a log', () => {
    const old = { state: 'stopped', role: 'none', timeline: 1, lsn: '100', cleanShutdown: true } as const;
    expect(holdsEverything(old, wal('100'))).toBe(true);
    expect(holdsEverything(old, wal('99'))).toBe(false);
    expect(holdsEverything({ ...old, cleanShutdown: false }, wal('100'))).toBe(false);
    expect(holdsEverything(old, wal('100', 2))).toBe(false);
    expect(holdsEverything({ ...old, state: 'running' }, wal('100'))).toBe(false);
  });

  test('only by an old primary that lies still and a target that holds all of it, elsewhere', () => {
    const old = mysql(`${A}:1-5`, { role: 'none' });
    expect(holdsEverything(old, mysql(`${A}:1-5`))).toBe(true);
    expect(holdsEverything(old, mysql(`${A}:1-4`))).toBe(false);
    expect(holdsEverything({ ...old, role: 'primary' }, mysql(`${A}:1-5`))).toBe(false);
    expect(holdsEverything({ ...old, state: 'unknown' }, mysql(`${A}:1-5`))).toBe(false);
    expect(holdsEverything({ ...old, systemIdentifier: '1' }, mysql(`${A}:1-5`, { systemIdentifier: '2' }))).toBe(
      false,
    );
  });
});
