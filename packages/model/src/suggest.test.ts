import { expect, it } from 'vitest';

import { suggest } from './suggest.ts';

it.each([
  ['imag', ['image', 'on'], 'image'],
  ['Memory', ['memory'], 'memory'],
  ['prot', ['port', 'public'], 'port'],
  ['ports', ['port', 'public'], 'public'],
  ['depends_on', ['on', 'uses'], 'uses'],
  ['zzz', ['port', 'public'], undefined],
  ['constructor', ['command'], undefined],
  ['x', [], undefined],
])('for %s of %j suggests %s', (word, known, expected) => {
  expect(suggest(word, known)).toBe(expected);
});
