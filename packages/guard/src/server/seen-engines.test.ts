import type { EngineFacts } from '@flotilla/model';
import { expect, test } from 'vitest';

import { SeenEngines } from './seen-engines.ts';

const primary: EngineFacts = { state: 'running', role: 'primary', position: { kind: 'gtid-set', executed: 'a' } };

test('a primary that has closed is remembered as it was', () => {
  const seen = new SeenEngines();
  expect(seen.lastPrimary).toBeUndefined();
  seen.note('db1', primary, 0);
  seen.note('db1', { ...primary, role: 'none' }, 1);
  seen.note('db2', { state: 'unknown', role: 'primary' }, 2);
  expect(seen.lastPrimary).toBe(primary);
});

test('the newest primary counts', () => {
  const seen = new SeenEngines();
  seen.note('db1', primary, 0);
  const next = { ...primary };
  seen.note('db2', next, 1);
  expect(seen.lastPrimary).toBe(next);
});
