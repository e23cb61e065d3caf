import type { EngineFacts, EnginePosition } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { decideGroupStep } from './group-step.ts';
import type { GroupSight } from './group-step.ts';

const GROUP = '6b7f1a3e-0000-5000-8000-000000000001';
const at = (last: number, received?: number): EnginePosition => ({
  kind: 'gtid-set',
  executed: `${GROUP}:1-${last}`,
  ...(received === undefined ? {} : { received: `${GROUP}:1-${received}` }),
});
const resting = (last: number, received?: number): EngineFacts => ({
  state: 'running',
  role: 'none',
  position: at(last, received),
});

function sight(given: Partial<GroupSight>): GroupSight {
  return {
    self: 'db1',
    members: ['db1', 'db2', 'db3'],
    own: at(10),
    mayBeAlone: false,
    wasRefused: false,
    peers: {},
    ...given,
  };
}

describe('a member that is in no group', () => {
  it('joins the one that has a primary', () => {
    const primary: EngineFacts = { ...resting(20), role: 'primary', admits: false };
    expect(decideGroupStep(sight({ peers: { db2: primary } }))).toBe('join');
    expect(decideGroupStep(sight({ peers: { db2: primary }, mayBeAlone: true }))).toBe('join');
  });

  it('sets aside what only it holds once the group refused it, and not before', () => {
    const primary: EngineFacts = { ...resting(9), role: 'primary' };
    expect(decideGroupStep(sight({ peers: { db2: primary } }))).toBe('join');
    expect(decideGroupStep(sight({ peers: { db2: primary }, wasRefused: true }))).toBe('set-aside');
    expect(decideGroupStep(sight({ peers: { db2: { ...resting(9, 10), role: 'primary' } }, wasRefused: true }))).toBe(
      'join',
    );
  });

  it('makes the group when every member rests and none holds more', () => {
    expect(decideGroupStep(sight({ peers: { db2: resting(9), db3: resting(8, 10) } }))).toBe('begin');
    expect(decideGroupStep(sight({ peers: { db2: resting(9), db3: resting(8, 11) } }))).toBe('wait');
  });

  it('makes it on one member alone when all hold the same', () => {
    const peers = (self: string) =>
      Object.fromEntries(['db1', 'db2', 'db3'].filter((name) => name !== self).map((name) => [name, resting(10)]));
    const steps = ['db1', 'db2', 'db3'].map((self) => decideGroupStep(sight({ self, peers: peers(self) })));
    expect(steps).toEqual(['begin', 'wait', 'wait']);
  });

  it('waits while a member is silent, empty, or in a group without a primary', () => {
    expect(decideGroupStep(sight({ peers: { db2: resting(9) } }))).toBe('wait');
    expect(decideGroupStep(sight({ peers: { db2: resting(9), db3: { state: 'empty', role: 'none' } } }))).toBe('wait');
    expect(decideGroupStep(sight({ peers: { db2: resting(9), db3: { ...resting(9), role: 'replica' } } }))).toBe(
      'wait',
    );
  });

  it('waits for a person when two members hold what the other lacks', () => {
    const other: EngineFacts = { ...resting(0), position: { kind: 'gtid-set', executed: `${GROUP}:1-9:11` } };
    expect(decideGroupStep(sight({ peers: { db2: other, db3: resting(5) } }))).toBe('wait');
    expect(decideGroupStep(sight({ self: 'db2', own: at(9), peers: { db1: resting(10), db3: resting(5) } }))).toBe(
      'wait',
    );
  });

  it('makes it without the others where it may be alone, unless one in sight holds more or is in a group', () => {
    expect(decideGroupStep(sight({ mayBeAlone: true }))).toBe('begin');
    expect(decideGroupStep(sight({ mayBeAlone: true, peers: { db2: { state: 'empty', role: 'none' } } }))).toBe(
      'begin',
    );
    expect(decideGroupStep(sight({ mayBeAlone: true, peers: { db2: resting(11) } }))).toBe('wait');
    expect(decideGroupStep(sight({ mayBeAlone: true, peers: { db2: { ...resting(9), role: 'replica' } } }))).toBe(
      'wait',
    );
  });
});
