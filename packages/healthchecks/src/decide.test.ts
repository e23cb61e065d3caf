import { expect, it } from 'vitest';

import { decide } from './decide.ts';

const samples = (pattern: string) => pattern.split('').map((mark) => ({ isOk: mark === '+', output: '' }));

it.each([
  ['', 'undecided'],
  ['+', 'undecided'],
  ['++', 'healthy'],
  ['+-+', 'undecided'],
  ['+-+-+-', 'undecided'],
  ['--', 'undecided'],
  ['---', 'unhealthy'],
  ['++--', 'healthy'],
  ['++---', 'unhealthy'],
  ['---+', 'unhealthy'],
  ['---++', 'healthy'],
])('rise 2 and fall 3 over %j give %s', (pattern, health) => {
  expect(decide(samples(pattern), { rise: 2, fall: 3 })).toBe(health);
});
