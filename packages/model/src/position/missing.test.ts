import { expect, it } from 'vitest';

import type { EnginePosition } from '../guard.ts';
import { countMissing } from './missing.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

it('counts transactions of a set that another lacks, received ones included', () => {
  const part: EnginePosition = { kind: 'gtid-set', executed: `${A}:1-3`, received: `${A}:4-5` };
  expect(countMissing({ kind: 'gtid-set', executed: `${A}:1-9` }, part)).toBe(4n);
  expect(countMissing(part, { kind: 'gtid-set', executed: `${A}:1-9` })).toBe(0n);
});

it('counts by domain and server in a list', () => {
  const list = (executed: string): EnginePosition => ({ kind: 'gtid-list', executed });
  expect(countMissing(list('0-1-100,0-2-110'), list('0-1-98,0-2-111'))).toBe(2n);
});

it('counts bytes of a history, also over the place where it was left', () => {
  const at = (id: string, offset: string): EnginePosition => ({ kind: 'offset', id, offset });
  const next: EnginePosition = { kind: 'offset', id: 'y', offset: '20', formerId: 'x', formerOffset: '10' };
  expect(countMissing(at('x', '12'), at('x', '10'))).toBe(2n);
  expect(countMissing(at('x', '12'), next)).toBe(2n);
  expect(countMissing(next, at('x', '8'))).toBe(12n);
  expect(countMissing(at('x', '1'), at('z', '1'))).toBeUndefined();
  expect(countMissing(at('x', '1'), { kind: 'gtid-set', executed: '' })).toBeUndefined();
});
