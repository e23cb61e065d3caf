import { expect, test } from 'vitest';

import { decide } from './decide.ts';
import { readWith, recordWith, runningPrimary, runningReplica, viewWith } from './testing.ts';
import type { View } from './view.ts';

const superseded = recordWith({ term: 2, holder: 'db2' });
const newPrimary = readWith({
  record: superseded,
  engine: { ...runningPrimary, timeline: 2, history: [{ timeline: 1, lsn: '120' }] },
});
const stopped = { ...runningPrimary, state: 'stopped', cleanShutdown: true } as const;

const table: readonly (readonly [string, Partial<View>, string])[] = [
  ['opens the holder that a majority knows', {}, 'open'],
  ['opens with one of three silent', { reads: { app: readWith() } }, 'open'],
  ['starts a stopped holder in private', { engine: stopped }, 'private'],
  ['stays closed alone', { reads: {} }, 'closed'],
  ['stays closed without a record', { record: null }, 'closed'],
  ['stays closed in a claimed term', { record: recordWith({ phase: 'claimed' }) }, 'closed'],
  [
    'stays closed when a peer remembers more of it',
    { reads: { app: readWith({ remembers: { db1: { term: 2, phase: 'claimed' } } }), db2: readWith() } },
    'closed',
  ],
  [
    'stays closed when one peer knows a higher term',
    { reads: { app: readWith(), db2: readWith({ record: superseded }) } },
    'closed',
  ],
  [
    'stays closed when a peer names another holder of its term',
    { reads: { app: readWith(), db2: readWith({ record: recordWith({ holder: 'db2' }) }) } },
    'closed',
  ],
  [
    'starts to compare after a clean stop, when the replica stands right behind its last record',
    { engine: stopped, reads: { app: readWith(), db2: readWith({ engine: { ...runningReplica, lsn: '220' } }) } },
    'private',
  ],
  [
    'stays closed after a clean stop when a replica holds more than its last record',
    { engine: stopped, reads: { app: readWith(), db2: readWith({ engine: { ...runningReplica, lsn: '500' } }) } },
    'closed',
  ],
  [
    'stays closed when a replica has newer data',
    { reads: { app: readWith(), db2: readWith({ engine: { ...runningReplica, lsn: '101' } }) } },
    'closed',
  ],
  [
    'stays closed when a peer is on a higher timeline',
    { reads: { app: readWith(), db2: readWith({ engine: { ...runningReplica, timeline: 2, lsn: '1' } }) } },
    'closed',
  ],
  [
    'stays closed when a peer holds another database',
    { reads: { app: readWith(), db2: readWith({ engine: { ...runningReplica, systemIdentifier: '8' } }) } },
    'closed',
  ],
  [
    'stays closed while a member that votes for it still runs as a primary',
    { engine: stopped, reads: { app: readWith(), db2: readWith({ engine: { ...runningPrimary, lsn: '90' } }) } },
    'closed',
  ],
  ['stays closed on an empty disk', { engine: { state: 'empty', role: 'none' } }, 'closed'],
  [
    'initialises an empty disk in term 1 where that is permitted',
    { engine: { state: 'empty', role: 'none', initAllowed: true } },
    'private',
  ],
  ['stays open in silence', { reads: {}, verdict: { kind: 'open', term: 1 }, openedStart: 'a', silentMs: 1e9 }, 'open'],
  [
    'closes in silence when told to',
    { reads: {}, verdict: { kind: 'open', term: 1 }, openedStart: 'a', silentMs: 11, closeAfterMs: 10 },
    'closed',
  ],
  [
    'closes an open database at a higher term',
    { reads: { db2: readWith({ record: superseded }) }, verdict: { kind: 'open', term: 1 }, openedStart: 'a' },
    'closed',
  ],
  [
    'compares again when an open engine was started anew',
    { engine: { ...stopped, startId: 'b' }, verdict: { kind: 'open', term: 1 }, openedStart: 'a' },
    'private',
  ],
  [
    'keeps a standby following while a term is claimed',
    {
      record: recordWith({ term: 2, holder: 'db2', phase: 'claimed' }),
      engine: runningReplica,
      verdict: { kind: 'replica', of: 'db2', term: 1 },
      reads: {},
    },
    'replica',
  ],
  [
    'clones an empty disk from the promoted holder',
    { record: superseded, engine: { state: 'empty', role: 'none' }, reads: {} },
    'replica',
  ],
  [
    'lets a former primary follow whose data are part of the new one',
    { record: superseded, engine: stopped, reads: { db2: newPrimary } },
    'replica',
  ],
  [
    'keeps a former primary closed that went on after the fork',
    { record: superseded, engine: { ...stopped, lsn: '121' }, reads: { db2: newPrimary } },
    'closed',
  ],
  [
    'keeps a former primary closed that stopped exactly at the fork',
    { record: superseded, engine: { ...stopped, lsn: '120' }, reads: { db2: newPrimary } },
    'closed',
  ],
  [
    'keeps a former primary closed that crashed',
    { record: superseded, engine: { ...stopped, cleanShutdown: false }, reads: { db2: newPrimary } },
    'closed',
  ],
  ['keeps a former primary closed that cannot compare', { record: superseded, engine: stopped, reads: {} }, 'closed'],
  ['stops a former primary that still runs', { record: superseded, reads: { db2: newPrimary } }, 'closed'],
];

const following = { record: superseded, engine: runningReplica };

test.each([
  ['follows a primary that still has the log it needs', { sendsFrom: '100' }, undefined],
  ['is stranded behind a primary that has removed the log it needs', { sendsFrom: '101' }, 'behind'],
  [
    'is stranded ahead of a primary that left their timeline earlier',
    { history: [{ timeline: 1, lsn: '99' }] },
    'ahead',
  ],
  ['is not stranded by a primary that is not running', { state: 'stopped', sendsFrom: '101' }, undefined],
] as const)('a replica %s', (_, primary, stranded) => {
  const engine = { ...runningPrimary, timeline: 2, ...primary };
  const verdict = decide(viewWith({ ...following, reads: { db2: readWith({ record: superseded, engine }) } }));
  expect(verdict).toMatchObject({ kind: 'replica', of: 'db2' });
  expect(verdict.kind === 'replica' ? verdict.stranded : 'closed').toBe(stranded);
});

test.each(table)('%s', (_, changes, kind) => {
  expect(decide(viewWith(changes)).kind).toBe(kind);
});
