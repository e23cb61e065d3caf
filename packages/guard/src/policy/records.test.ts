import { describe, expect, test } from 'vitest';

import { planPromotion } from './promotion.ts';
import { acceptBootstrap, acceptClaim, acceptFence, planSeed } from './records.ts';
import { readWith, recordWith, runningPrimary, runningReplica, viewWith } from './testing.ts';
import type { View } from './view.ts';

const claimOf = (term: number, holder = 'db2') => ({ term, holder, at: '' });
const codeOf = (outcome: { readonly kind: string; readonly code?: string }) => outcome.code ?? outcome.kind;

describe('a claim', () => {
  test.each([
    ['a higher term', {}, claimOf(2), 'accepted'],
    [
      'the same claim again',
      { record: recordWith({ term: 2, holder: 'db2', phase: 'claimed' }) },
      claimOf(2),
      'accepted',
    ],
    ['an equal term for another', { record: recordWith({ term: 2 }) }, claimOf(2), 'TERM_TOO_LOW'],
    [
      'a term below what a peer remembers',
      { remembers: {}, reads: { app: readWith({ remembers: { db1: { term: 5, phase: 'claimed' } } }) } },
      claimOf(4),
      'TERM_TOO_LOW',
    ],
    ['a claim on a lost record', { record: null }, claimOf(9), 'RECORD_LOST'],
    ['a server without data', {}, claimOf(2, 'app'), 'NOT_A_MEMBER'],
    ['a stranger', {}, claimOf(2, 'db9'), 'UNKNOWN_SERVER'],
  ] satisfies readonly (readonly [string, Partial<View>, ReturnType<typeof claimOf>, string])[])(
    'of %s',
    (_, changes, claim, code) => {
      expect(codeOf(acceptClaim(viewWith(changes), claim))).toBe(code);
    },
  );
});

describe('a promotion', () => {
  const claimed = recordWith({ term: 2, phase: 'claimed' });
  const standingDown = readWith({
    record: claimed,
    engine: { ...runningPrimary, state: 'stopped', cleanShutdown: true },
  });
  const ready: Partial<View> = {
    record: claimed,
    engine: runningReplica,
    reads: { app: readWith({ record: claimed }), db2: standingDown },
  };
  const proved = { ...claimed, fenced: ['db2'], fencedIn: 'boot' };

  test.each([
    ['goes ahead when the old primary stopped in this term', ready, 'promote'],
    [
      'refuses while the old primary still runs',
      { ...ready, reads: { ...ready.reads, db2: { ...standingDown, engine: runningPrimary } } },
      'NOT_CONFIRMED',
    ],
    [
      'refuses while the old primary does not know the term',
      { ...ready, reads: { ...ready.reads, db2: readWith() } },
      'NOT_CONFIRMED',
    ],
    [
      'refuses while the old primary is silent',
      { ...ready, reads: { app: readWith({ record: claimed }) } },
      'NOT_CONFIRMED',
    ],
    [
      'goes ahead when its fence is proved',
      { ...ready, record: proved, reads: { app: readWith({ record: claimed }) } },
      'promote',
    ],
    [
      'refuses a proof of another boot',
      { ...ready, record: { ...proved, fencedIn: 'before' }, reads: { app: readWith({ record: claimed }) } },
      'NOT_CONFIRMED',
    ],
    [
      'refuses when the fenced server answers with an older term',
      { ...ready, record: proved, reads: { ...ready.reads, db2: readWith() } },
      'NOT_CONFIRMED',
    ],
    ['refuses without a majority', { ...ready, record: proved, reads: {} }, 'NO_MAJORITY'],
    [
      'goes ahead in a pair when the other is proved fenced',
      { ...ready, record: proved, servers: ['db1', 'db2'], reads: {} },
      'promote',
    ],
    [
      'refuses when it lacks what the old primary wrote',
      { ...ready, reads: { ...ready.reads, db2: { ...standingDown, engine: { ...standingDown.engine, lsn: '101' } } } },
      'DATA_AHEAD',
    ],
    [
      'records alone when the data are a primary already',
      { ...ready, engine: { ...runningPrimary, state: 'stopped' } },
      'record',
    ],
    ['has nothing to do twice', { ...ready, record: { ...claimed, phase: 'promoted' } }, 'done'],
  ] satisfies readonly (readonly [string, Partial<View>, string])[])('%s', (_, changes, code) => {
    expect(codeOf(planPromotion(viewWith(changes), { term: 2, acceptLoss: false }))).toBe(code);
  });

  test('goes ahead without the old primary’s last writes when a person accepts the loss', () => {
    const engine = { ...standingDown.engine, lsn: '101' };
    const view = viewWith({ ...ready, reads: { ...ready.reads, db2: { ...standingDown, engine } } });
    expect(planPromotion(view, { term: 2, acceptLoss: true }).kind).toBe('promote');
  });
});

describe('a proof', () => {
  const claimed = recordWith({ term: 2, phase: 'claimed' });
  test.each([
    ['of this boot is kept', { term: 2, fenced: ['db2'], bootId: 'boot' }, 'accepted'],
    ['of another boot is refused', { term: 2, fenced: ['db2'], bootId: 'before' }, 'WRONG_BOOT'],
    ['of another term is refused', { term: 1, fenced: ['db2'], bootId: 'boot' }, 'WRONG_TERM'],
    ['against itself is refused', { term: 2, fenced: ['db1'], bootId: 'boot' }, 'UNKNOWN_SERVER'],
  ])('%s', (_, proof, code) => {
    expect(codeOf(acceptFence(viewWith({ record: claimed }), proof))).toBe(code);
  });
});

test('a lost record is seeded by a majority of the others, and by less than that not', () => {
  const both = viewWith({ record: null });
  const one = viewWith({ record: null, reads: { app: readWith() } });
  expect(planSeed(both)).toEqual(recordWith());
  expect(planSeed(one)).toBeUndefined();
});

test('a higher record of a single peer is taken over, without its proofs', () => {
  const higher = recordWith({ term: 3, holder: 'db2', fenced: ['db1'], fencedIn: 'x' });
  expect(planSeed(viewWith({ reads: { app: readWith({ record: higher }) } }))).toEqual(
    recordWith({ term: 3, holder: 'db2' }),
  );
});

test('a bootstrap is refused when a peer knows another term', () => {
  const reads = { app: readWith({ record: recordWith({ term: 2 }) }), db2: readWith({ record: null }) };
  expect(codeOf(acceptBootstrap(viewWith({ record: null, reads }), { holder: 'db1', at: '' }))).toBe('PEER_HAS_RECORD');
});
