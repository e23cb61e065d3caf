import { describe, expect, it } from 'vitest';

import { fleet, foundInTree, parse, place, treeOf, unit } from '../../test/support.ts';
import { capacity } from './capacity.ts';

const GIB = 2 ** 30;
const text = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }' });
const units = (...amounts: readonly (readonly [string, number, number?])[]) => ({
  tree: treeOf({
    a: amounts.map(([service, memoryBytes, cpus]) => unit({ service, memoryBytes, cpus })),
    b: [unit({ service: 'w', server: 'b', memoryBytes: 3 * GIB })],
  }),
});

describe('capacity', () => {
  it('accepts a server that promises exactly what it has, and units without cpus', () => {
    expect(foundInTree(capacity, text, units(['w', 3 * GIB, 2], ['guard', GIB]))).toEqual([]);
  });

  it('rejects a byte and a tenth of a CPU too much, derived units included', () => {
    expect(foundInTree(capacity, text, units(['w', 4 * GIB], ['guard', 1]))).toEqual([
      `VALIDATE_MEMORY_PROMISED ${place(text, '4GiB }\n  b')}`,
    ]);
    expect(foundInTree(capacity, text, units(['w', 0, 1.5], ['x', 0, 0.6]))).toEqual([
      `VALIDATE_CPUS_PROMISED ${place(text, '2, memory: 4GiB }\n  b')}`,
    ]);
  });

  it('shows the sum unit by unit', () => {
    const [found] = capacity.check({ ...parse(text), ...units(['w', 3.5 * GIB], ['guard', GIB / 2], ['x', GIB / 4]) });
    expect(found?.message).toContain('w 3.5 GiB + guard 512 MiB + x 256 MiB');
    expect(found?.message).toContain('256 MiB too much');
  });

  it('adds tenths of a CPU as decimal numbers', () => {
    const tenths = units(['w', 0, 1.7], ['x', 0, 0.1], ['y', 0, 0.2]);
    expect(foundInTree(capacity, text, tenths)).toEqual([]);
  });
});
