import type { EngineFacts } from '@flotilla/model';
import { expect, test } from 'vitest';

import { isAhead } from './data.ts';
import { withErrant } from './errant.ts';

const P = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const R = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

function facts(role: EngineFacts['role'], executed: string, origin: string): EngineFacts {
  return { state: 'running', role, position: { kind: 'gtid-set', executed, origin } };
}

test('a write of its own that the primary lacks is errant', () => {
  expect(withErrant(facts('replica', `${P}:1-9,${R}:1-3`, R), facts('primary', `${P}:1-9,${R}:1-2`, P)).errant).toBe(
    `${R}:3`,
  );
});

test('what the primary wrote since it was asked is not', () => {
  const own = facts('replica', `${P}:1-12,${R}:1-2`, R);
  expect(withErrant(own, facts('primary', `${P}:1-9,${R}:1-2`, P))).toBe(own);
});

test('only a replica has errant writes, and only beside a primary that was seen', () => {
  const own = facts('none', `${P}:1-9,${R}:1-3`, R);
  expect(withErrant(own, facts('primary', `${P}:1-9`, P))).toBe(own);
  const replica = facts('replica', `${R}:1`, R);
  expect(withErrant(replica, undefined)).toBe(replica);
});

test('an errant write keeps no primary closed, and hides nothing that is really newer', () => {
  const primary = facts('none', `${P}:1-9`, P);
  const errant = { errant: `${R}:3` };
  expect(isAhead(facts('replica', `${P}:1-9,${R}:3`, R), primary)).toBe(true);
  expect(isAhead({ ...facts('replica', `${P}:1-9,${R}:3`, R), ...errant }, primary)).toBe(false);
  expect(isAhead({ ...facts('replica', `${P}:1-10,${R}:3`, R), ...errant }, primary)).toBe(true);
});
