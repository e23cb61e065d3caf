import { describe, expect, test } from 'vitest';

import type { StandbyRow } from './postgres-facts.ts';
import { Synchrony } from './postgres-synchrony.ts';

const NAMES = 'ANY 1 ("db2", "db3")';
const OTHERS = ['db2', 'db3'];

function standby(changes: Partial<StandbyRow> = {}): StandbyRow {
  return { name: 'db2', isStreaming: true, repliedAt: '1', behindBytes: 0, ...changes };
}

function at(mode: 'preferred' | 'strict') {
  let now = 0;
  const synchrony = new Synchrony(mode, () => now);
  /** Reads at `ms` what a primary says; a standby's reply is as new as the reading unless it says otherwise. */
  const read = (ms: number, standbys: readonly StandbyRow[], standbyNames = NAMES) => {
    now = ms;
    return synchrony.read({ standbys, standbyNames }, OTHERS);
  };
  return { read, step: () => synchrony.step() };
}

describe('strict', () => {
  test('is synced while a standby confirms, and names it', () => {
    expect(at('strict').read(0, [standby()])).toEqual({ mode: 'strict', state: 'synced', standbys: ['db2'] });
  });

  test('is blocked without one, and never lets go', () => {
    const { read, step } = at('strict');
    expect(read(0, []).state).toBe('blocked');
    expect(read(60_000, []).state).toBe('blocked');
    expect(step()).toBe('keep');
  });

  test('counts neither a clone under way, nor a stranger, nor a standby that is catching up', () => {
    const rows = [standby({ name: 'pg_basebackup' }), standby({ name: 'db9' }), standby({ isStreaming: false })];
    expect(at('strict').read(0, rows)).toEqual({ mode: 'strict', state: 'blocked', standbys: [] });
  });

  test('does not count a standby whose replies stand still, whatever its clock says', () => {
    const { read } = at('strict');
    read(0, [standby({ repliedAt: '2031-01-01' })]);
    expect(read(2_400, [standby({ repliedAt: '2031-01-01' })]).state).toBe('synced');
    expect(read(2_600, [standby({ repliedAt: '2031-01-01' })]).state).toBe('blocked');
    expect(read(2_700, [standby({ repliedAt: '2030-01-01' })]).state).toBe('synced');
  });
});

describe('preferred', () => {
  test('says that it lets go before it does, and only after it has waited in vain', () => {
    const { read, step } = at('preferred');
    read(0, [standby()]);
    expect(read(900, []).state).toBe('blocked');
    expect(step()).toBe('keep');
    expect(read(1_000, []).state).toBe('blocked');
    expect(step()).toBe('announce');
    expect(read(1_500, []).state).toBe('degraded');
    expect(step()).toBe('release');
  });

  test('stays with a standby that came back in time', () => {
    const { read, step } = at('preferred');
    read(0, [standby()]);
    read(1_000, []);
    expect(step()).toBe('announce');
    read(1_100, [standby({ repliedAt: '2' })]);
    expect(step()).toBe('keep');
    expect(read(1_200, [standby({ repliedAt: '3' })]).state).toBe('synced');
  });

  test('waits again for one that has caught up, and is synced once every session does', () => {
    const { read, step } = at('preferred');
    expect(read(0, [standby({ behindBytes: 2_000_000 })], '').state).toBe('degraded');
    expect(step()).toBe('keep');
    read(100, [standby({ behindBytes: null })], '');
    expect(step()).toBe('keep');
    read(200, [standby({ behindBytes: 100 })], '');
    expect(step()).toBe('demand');
    expect(read(300, [standby({ repliedAt: '2' })]).state).toBe('degraded');
    expect(read(800, [standby({ repliedAt: '3' })]).state).toBe('synced');
  });
});
