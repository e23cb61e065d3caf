import { expect, it } from 'vitest';

import { formatSize, parseDuration, parseSize } from './units.ts';

it.each([
  ['2GiB', 2 ** 31],
  ['1.5MB', 1_500_000],
  ['0B', 0],
  ['2 GiB', undefined],
  ['2', undefined],
  ['-1GiB', undefined],
  ['2gib', undefined],
  ['9'.repeat(400).concat('TB'), undefined],
])('reads the size %s', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

it.each([
  ['500ms', 500],
  ['1.5s', 1500],
  ['10m', 600_000],
  ['1d', 86_400_000],
  ['10', undefined],
  ['1w', undefined],
])('reads the duration %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it('writes sizes in the largest unit that stays readable', () => {
  expect([0, 1023, 1536 * 2 ** 20, 2 ** 41].map(formatSize)).toEqual(['0 B', '1023 B', '1.5 GiB', '2 TiB']);
});
