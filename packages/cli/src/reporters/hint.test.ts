import { expect, test } from 'vitest';

import { hintFor } from './hint.ts';

test.each([
  ['scripts/flotilla rejoin shop db db1', true, 'scripts/flotilla rejoin shop --sandbox db db1'],
  ['see: scripts/flotilla validate shop', true, 'see: scripts/flotilla validate shop --sandbox'],
  ['scripts/flotilla up shop', true, 'scripts/flotilla up shop'],
  ['scripts/flotilla rejoin shop db db1', false, 'scripts/flotilla rejoin shop db db1'],
])('%s in a sandbox (%s): %s', (hint, sandbox, expected) => {
  expect(hintFor(hint, { sandbox })).toBe(expected);
});
