import { expect, it } from 'vitest';

import { seededRandom } from './random.ts';

it('gives the same numbers for the same seed, and others for another', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it('spreads its numbers evenly over [0, 1)', () => {
  const random = seededRandom(1);
  const tenths = Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw += 1) {
    const tenth = Math.floor(random() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths).toHaveLength(10);
  expect(tenths.filter((count) => count < 850 || count > 1_150)).toEqual([]);
});
