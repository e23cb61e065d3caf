import { expect, it } from 'vitest';

import { packTar } from './tar.ts';

it('makes the same bytes of the same files, in blocks', () => {
  const entries = [{ path: 'a/b', text: 'größe', mode: 0o644 }];
  expect(packTar(entries)).toEqual(packTar(entries));
  expect(packTar(entries).length % 512).toBe(0);
});

it('splits a long path where tar can put it together again, and refuses one that is too long', () => {
  const folder = 'f'.repeat(90);
  const header = Buffer.from(packTar([{ path: `${folder}/${'n'.repeat(95)}`, text: '', mode: 0o600 }]));
  expect(header.toString('utf8', 345, 345 + 90)).toBe(folder);
  expect(() => packTar([{ path: 'x'.repeat(101), text: '', mode: 0o600 }])).toThrow(/too long/);
});
