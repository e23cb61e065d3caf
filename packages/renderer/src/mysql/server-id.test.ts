import { expect, test } from 'vitest';

import { serverIds } from './server-id.ts';

test('a member keeps its number whoever joins or leaves', () => {
  const two = serverIds('lab', 'db', ['a', 'b']);
  const three = serverIds('lab', 'db', ['c', 'b', 'a']);
  expect(three.get('a')).toBe(two.get('a'));
  expect(three.get('b')).toBe(two.get('b'));
});

test('every member has a number of its own, from 1 to 2^32 - 1', () => {
  const members = Array.from({ length: 200 }, (_, index) => `server-${index}`);
  const ids = [...serverIds('lab', 'db', members).values()];
  expect(new Set(ids).size).toBe(200);
  expect(ids.every((id) => id >= 1 && id < 2 ** 32)).toBe(true);
  expect(serverIds('lab', 'other', members).get('server-1')).not.toBe(serverIds('lab', 'db', members).get('server-1'));
});
