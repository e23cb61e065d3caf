import { describe, expect, it } from 'vitest';

import { factsOfMember, isAtRest, maySettle } from './group-state.ts';
import type { GroupState } from './group-state.ts';

const PRIMARY: GroupState = {
  pidFile: '/var/run/mysqld/start-1.pid',
  superReadOnly: 0,
  offline: 0,
  executed: '0b899d69-e59f-11f1-acd3-0242ac1ff002:1-21,\n6b7f1a3e-0000-5000-8000-000000000001:1-4',
  origin: '0b899d69-e59f-11f1-acd3-0242ac1ff002',
  systemIdentifier: 'one',
  received: '6b7f1a3e-0000-5000-8000-000000000001:1-4',
  memberState: 'ONLINE',
  memberRole: 'PRIMARY',
  known: 3,
  reached: 3,
  online: 3,
  standbys: 'db3,db2',
  queue: 0,
  lagMs: null,
  alone: 0,
};
const SECONDARY: GroupState = { ...PRIMARY, memberRole: 'SECONDARY', superReadOnly: 1 };

const factsOf = (state: GroupState, isTrusted = true) => factsOfMember(state, { size: 3, isTrusted });

describe('a member of a group', () => {
  it('is primary while the group says so, a majority is within reach, and it takes writes', () => {
    expect(factsOf(PRIMARY)).toMatchObject({
      role: 'primary',
      admits: true,
      startId: 'start-1',
      synchronous: { mode: 'strict', state: 'synced', standbys: ['db2', 'db3'] },
    });
    expect(factsOf({ ...PRIMARY, reached: 1, online: 1 }).role).toBe('none');
    expect(factsOf({ ...PRIMARY, superReadOnly: 1 }).role).toBe('none');
    expect(factsOf({ ...PRIMARY, memberState: 'ERROR' }).role).toBe('none');
  });

  it('is nothing while it may not know that it was expelled', () => {
    expect(factsOf(PRIMARY, false).role).toBe('none');
    expect(factsOf(SECONDARY, false).role).toBe('none');
  });

  it('takes no clients as primary of too few, and can still be joined', () => {
    const left = { ...PRIMARY, known: 1, reached: 1, online: 1, standbys: null };
    expect(maySettle(left, 3)).toBe(false);
    expect(factsOf(left)).toMatchObject({ role: 'primary', admits: false, synchronous: { state: 'blocked' } });
  });

  it('takes clients alone where it may be alone, and says what that is worth', () => {
    const first = { ...PRIMARY, known: 1, reached: 1, online: 1, standbys: null, alone: 1 };
    expect(maySettle(first, 3)).toBe(true);
    expect(factsOf(first)).toMatchObject({ admits: true, synchronous: { mode: 'preferred', state: 'degraded' } });
  });

  it('counts only who has everything', () => {
    const joining = { ...PRIMARY, known: 2, reached: 2, online: 1 };
    expect(maySettle(joining, 3)).toBe(false);
    expect(maySettle({ ...joining, online: 2 }, 3)).toBe(true);
  });

  it('is a replica that streams while it has everything and is open to clients', () => {
    expect(factsOf(SECONDARY)).toMatchObject({ role: 'replica', streaming: true, lagMs: 0 });
    expect(factsOf({ ...SECONDARY, memberState: 'RECOVERING' })).toMatchObject({ role: 'replica', streaming: false });
    expect(factsOf({ ...SECONDARY, offline: 1 })).toMatchObject({ role: 'replica', streaming: false });
    expect(factsOf({ ...SECONDARY, queue: 5, lagMs: '1200' })).toMatchObject({ lagMs: 1_200 });
  });

  it('rests outside the group, wherever its data stand', () => {
    expect(
      [null, 'OFFLINE', 'ERROR', 'RECOVERING', 'ONLINE'].map((memberState) => isAtRest({ memberState } as GroupState)),
    ).toEqual([true, true, true, false, false]);
    expect(factsOf({ ...SECONDARY, memberState: 'ERROR' })).toMatchObject({
      role: 'none',
      position: { received: '6b7f1a3e-0000-5000-8000-000000000001:1-4' },
    });
  });
});
