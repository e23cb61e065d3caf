import { describe, expect, test } from 'vitest';

import { explore } from './simulation/explore.ts';
import { mutants } from './simulation/mutants.ts';
import { createRecoveryCheck } from './simulation/recover.ts';
import { soundRules } from './simulation/rules.ts';
import type { Fleet } from './simulation/state.ts';

const TIMEOUT_MS = 240_000;

type Case = { readonly name: string; readonly limit: number; readonly isComplete: boolean; readonly fleet: Fleet };

const calm: Fleet = {
  size: 2,
  members: 2,
  maxTerm: 2,
  proofs: 1,
  budget: { crashes: 1, cuts: 1, disks: 0, writes: 0 },
};

/** Every fleet has two members with data; further servers only vote. */
const cases: readonly Case[] = [
  {
    name: 'two servers, three terms, a crash and a partition',
    limit: 150_000,
    isComplete: true,
    fleet: { size: 2, members: 2, maxTerm: 3, proofs: 1, budget: { crashes: 1, cuts: 1, disks: 0, writes: 0 } },
  },
  {
    name: 'two servers, two terms, a crash, a partition and writes',
    limit: 150_000,
    isComplete: true,
    fleet: { size: 2, members: 2, maxTerm: 2, proofs: 1, budget: { crashes: 1, cuts: 1, disks: 0, writes: 1 } },
  },
  {
    name: 'three servers, two terms, a crash and a partition',
    limit: 150_000,
    isComplete: true,
    fleet: { size: 3, members: 2, maxTerm: 2, proofs: 1, budget: { crashes: 1, cuts: 1, disks: 0, writes: 0 } },
  },
  {
    name: 'two servers whose engines stay up, three terms, a crash and a partition',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, maxTerm: 3, atRest: true },
  },
  {
    name: 'two servers whose engines stay up, two terms, a crash, a partition and writes',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, budget: { ...calm.budget, writes: 1 }, atRest: true },
  },
  {
    name: 'three servers whose engines stay up, two terms, a crash and a partition',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, size: 3, atRest: true },
  },
  {
    name: 'two servers whose engines close late, two terms, a crash, a partition and writes',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, budget: { ...calm.budget, writes: 1 }, closesLate: true },
  },
  {
    name: 'two servers that close in silence, two terms, two partitions and writes',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, budget: { crashes: 0, cuts: 2, disks: 0, writes: 1 }, closesInSilence: true },
  },
  {
    name: 'three servers that close in silence, two terms, a crash and a partition',
    limit: 150_000,
    isComplete: true,
    fleet: { ...calm, size: 3, closesInSilence: true },
  },
  {
    name: 'five servers, two terms and a partition, to a bound',
    limit: 30_000,
    isComplete: false,
    fleet: { size: 5, members: 2, maxTerm: 2, proofs: 1, budget: { crashes: 1, cuts: 1, disks: 0, writes: 0 } },
  },
];

const diskCases: readonly Case[] = [
  {
    name: 'two servers, a disk that is lost or comes back old, to a bound',
    limit: 120_000,
    isComplete: false,
    fleet: { size: 2, members: 2, maxTerm: 2, proofs: 1, budget: { crashes: 1, cuts: 0, disks: 1, writes: 1 } },
  },
  {
    name: 'three servers, a disk that is lost or comes back old, to a bound',
    limit: 120_000,
    isComplete: false,
    fleet: { size: 3, members: 2, maxTerm: 2, proofs: 1, budget: { crashes: 1, cuts: 1, disks: 1, writes: 0 } },
  },
];

describe('the rules', () => {
  test.each(cases)(
    'never open two databases, lose nothing acknowledged, and come back: $name',
    ({ fleet, limit, isComplete }) => {
      const world = { rules: soundRules, fleet };
      const result = explore(world, limit, createRecoveryCheck(world));
      expect(result.violation).toBeUndefined();
      expect(result.isComplete).toBe(isComplete);
    },
    TIMEOUT_MS,
  );

  test.each(diskCases)(
    'never open two databases and lose nothing acknowledged: $name',
    ({ fleet, limit, isComplete }) => {
      const result = explore({ rules: soundRules, fleet }, limit);
      expect(result.violation).toBeUndefined();
      expect(result.isComplete).toBe(isComplete);
    },
    TIMEOUT_MS,
  );
});

describe('the simulation', () => {
  test.each(mutants)(
    'catches a guard that $name',
    (mutant) => {
      expect(explore(mutant, 150_000).violation).toBeDefined();
    },
    TIMEOUT_MS,
  );

  test('catches a guard that never lets the service come back', () => {
    const decide: typeof soundRules.decide = () => ({ kind: 'closed', reason: '' });
    const fleet: Fleet = {
      size: 2,
      members: 2,
      maxTerm: 2,
      proofs: 1,
      budget: { crashes: 1, cuts: 0, disks: 0, writes: 0 },
    };
    const world = { rules: { ...soundRules, decide }, fleet };
    expect(explore(world, 10_000, createRecoveryCheck(world)).violation?.rule).toContain('brought back');
  });
});
