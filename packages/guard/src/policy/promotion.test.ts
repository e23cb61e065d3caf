import { expect, test } from 'vitest';

import { planPromotion } from './promotion.ts';
import { readWith, recordWith, runningPrimary, runningReplica, viewWith } from './testing.ts';
import type { View } from './view.ts';

const claimed = recordWith({ term: 2, phase: 'claimed', fenced: ['db2', 'db3'], fencedIn: 'boot' });
const heard = readWith({ record: recordWith({ term: 2, phase: 'claimed' }) });
const order = { term: 2, acceptLoss: false };

/** db1 is about to be promoted among three strict members, with what the others say. */
function strictView(reads: View['reads'], changes: Partial<View> = {}): View {
  return viewWith({
    servers: ['app', 'db1', 'db2', 'db3'],
    members: ['db1', 'db2', 'db3'],
    synchronous: 'strict',
    record: claimed,
    engine: runningReplica,
    verdict: { kind: 'replica', of: 'db2', term: 1 },
    reads: { app: heard, ...reads },
    ...changes,
  });
}

const standing = { ...heard, verdict: { kind: 'replica', of: 'db2', term: 2 } } as const;

test('a strict member is promoted when all but one show what they hold', () => {
  const reads = { db3: { ...standing, engine: runningReplica } };
  expect(planPromotion(strictView(reads), order).kind).toBe('promote');
});

test('a strict member is not promoted while two others may hold what it lacks, unless a person accepts the loss', () => {
  const reads = { db3: { ...standing, engine: { ...runningReplica, state: 'stopped' } as const } };
  const view = strictView(reads, { servers: ['db1', 'db2', 'db3'] });
  expect(planPromotion(view, order)).toMatchObject({ code: 'DATA_UNSEEN', servers: ['db2', 'db3'] });
  expect(planPromotion(view, { ...order, acceptLoss: true }).kind).toBe('promote');
});

test('a primary that stopped cleanly shows what it holds, and one that crashed does not', () => {
  const stopped = { ...runningPrimary, state: 'stopped', cleanShutdown: true } as const;
  const reads = (engine: typeof stopped | { readonly cleanShutdown: false }) => ({
    db2: { ...heard, engine: { ...stopped, ...engine } },
    db3: { ...standing, engine: { ...runningReplica, state: 'stopped' } as const },
  });
  expect(planPromotion(strictView(reads(stopped)), order).kind).toBe('promote');
  expect(planPromotion(strictView(reads({ cleanShutdown: false })), order)).toMatchObject({ code: 'DATA_UNSEEN' });
});

test('a pair needs nobody but the one that is promoted', () => {
  const view = strictView({}, { members: ['db1', 'db2'], servers: ['app', 'db1', 'db2'] });
  expect(planPromotion(view, order).kind).toBe('promote');
});

test('a replica with writes of its own is promoted only by a person who accepts them', () => {
  const view = strictView(
    { db3: { ...standing, engine: runningReplica } },
    { engine: { ...runningReplica, errant: 'u:1' } },
  );
  expect(planPromotion(view, order)).toMatchObject({ code: 'DATA_ERRANT', servers: ['db1'] });
  expect(planPromotion(view, { ...order, acceptLoss: true }).kind).toBe('promote');
});
