import { describe, expect, it } from 'vitest';

import type { EnginePosition } from '../guard.ts';
import { countGtids, gtidsFrom, subtractGtids } from './gtid-set.ts';
import { holds } from './holds.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const B = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

function gtids(executed: string, received?: string): EnginePosition {
  return { kind: 'gtid-set', executed, ...(received === undefined ? {} : { received }) };
}

describe('subtractGtids', () => {
  it.each([
    [`${A}:1-5`, `${A}:1-3`, `${A}:4-5`],
    [`${A}:1-9`, `${A}:3:5-6`, `${A}:1-2:4:7-9`],
    [`${A}:1-5,\n${B}:1`, `${A}:1-5`, `${B}:1`],
    [`${A}:1-3:4-6`, `${A}:1-6`, ''],
    [`${A}:1:3:2`, '', `${A}:1-3`],
    [`${A}:1-2:tag:1-4`, `${A}:1-2:tag:1-3`, `${A}:tag:4`],
    [A.toUpperCase() + ':1', `${A}:1`, ''],
    ['', `${A}:1`, ''],
  ])('%s without %s is %s', (from, what, rest) => {
    expect(subtractGtids(from, what)).toBe(rest);
  });

  it('counts past what a number can hold', () => {
    expect(countGtids(`${A}:1-9007199254740993:9007199254740995,${B}:7`)).toBe(9_007_199_254_740_995n);
  });
});

describe('gtidsFrom', () => {
  it('gives what one server wrote, tagged or not', () => {
    expect(gtidsFrom(`${B}:1-2,${A.toUpperCase()}:1-5:tag:3`, A)).toBe(`${A}:1-5,${A}:tag:3`);
    expect(gtidsFrom(`${B}:1-2`, A)).toBe('');
  });
});

describe('holds', () => {
  it('compares sets with what was received', () => {
    expect(holds(gtids(`${A}:1-5`), gtids(`${A}:1-4`))).toBe(true);
    expect(holds(gtids(`${A}:1-4`), gtids(`${A}:1-3`, `${A}:4-5`))).toBe(false);
    expect(holds(gtids(`${A}:1-3`, `${A}:4-5`), gtids(`${A}:1-5`))).toBe(true);
    expect(holds(gtids(`${A}:1-9`), gtids(`${A}:1,${B}:1`))).toBe(false);
  });

  it('compares lists by domain and server, so that a higher number of another server hides nothing', () => {
    const list = (executed: string): EnginePosition => ({ kind: 'gtid-list', executed });
    expect(holds(list('0-1-100,0-2-110'), list('0-1-100'))).toBe(true);
    expect(holds(list('0-1-100,0-2-110'), list('0-1-105'))).toBe(false);
  });

  it('follows a history to where it was left', () => {
    const at = (id: string, offset: string, formerId?: string, formerOffset?: string): EnginePosition => ({
      kind: 'offset',
      id,
      offset,
      ...(formerId === undefined ? {} : { formerId }),
      ...(formerOffset === undefined ? {} : { formerOffset }),
    });
    expect(holds(at('x', '10'), at('x', '10'))).toBe(true);
    expect(holds(at('x', '9'), at('x', '10'))).toBe(false);
    expect(holds(at('y', '20', 'x', '10'), at('x', '10'))).toBe(true);
    expect(holds(at('y', '20', 'x', '10'), at('x', '11'))).toBe(false);
    expect(holds(at('x', '10'), at('y', '20', 'x', '10'))).toBe(false);
    expect(holds(at('x', '10'), at('z', '1'))).toBeUndefined();
  });

  it('says nothing of two kinds', () => {
    expect(holds(gtids(`${A}:1`), { kind: 'offset', id: 'x', offset: '1' })).toBeUndefined();
  });
});
