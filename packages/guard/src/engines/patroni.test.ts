import type { EngineFacts } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { underPatroni } from './patroni.ts';

const PRIMARY: EngineFacts = { state: 'running', role: 'primary', timeline: 2, lsn: '100' };
const REPLICA: EngineFacts = { state: 'running', role: 'replica', timeline: 2, lsn: '90', streaming: true };

describe('a member under Patroni', () => {
  it('is primary only with the lock of the leader', () => {
    expect(underPatroni(PRIMARY, true)).toEqual(PRIMARY);
    expect(underPatroni(PRIMARY, false)).toEqual({ ...PRIMARY, role: 'none' });
  });

  it('is no primary while Patroni is silent, although the database takes writes', () => {
    expect(underPatroni(PRIMARY, undefined).role).toBe('none');
  });

  it('is no primary by the lock alone', () => {
    expect(underPatroni(REPLICA, true)).toEqual(REPLICA);
    expect(underPatroni(undefined, true)).toEqual({ state: 'unknown', role: 'none' });
  });

  it('stays a replica whatever Patroni says', () => {
    expect(underPatroni(REPLICA, undefined)).toEqual(REPLICA);
  });
});
