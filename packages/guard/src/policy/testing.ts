import type { EngineFacts, TermRecord } from '@flotilla/model';

import type { PeerRead, View } from './view.ts';

/** Facts of a running primary on timeline 1, for tests. */
export const runningPrimary: EngineFacts = {
  state: 'running',
  role: 'primary',
  systemIdentifier: '7',
  timeline: 1,
  lsn: '100',
  history: [],
  startId: 'a',
};

/** Facts of a running replica of `runningPrimary`, for tests. */
export const runningReplica: EngineFacts = { ...runningPrimary, role: 'replica', streaming: true, lagMs: 0 };

/** Gives a record of term 1 of `db1`, promoted, with `changes`; for tests. */
export function recordWith(changes: Partial<TermRecord> = {}): TermRecord {
  return { term: 1, holder: 'db1', phase: 'promoted', at: '2026-01-01T00:00:00.000Z', ...changes };
}

/** Gives the answer of a peer that knows term 1 and holds no data, with `changes`; for tests. */
export function readWith(changes: Partial<PeerRead> = {}): PeerRead {
  const engine: EngineFacts = { state: 'empty', role: 'none' };
  return { record: recordWith(), remembers: {}, verdict: { kind: 'closed', reason: '' }, engine, ...changes };
}

/** Gives what `db1` of a fleet of three sees when all is well and its engine waits to be opened, with `changes`; for tests. */
export function viewWith(changes: Partial<View> = {}): View {
  return {
    self: 'db1',
    bootId: 'boot',
    servers: ['app', 'db1', 'db2'],
    members: ['db1', 'db2'],
    record: recordWith(),
    remembers: {},
    reads: { app: readWith(), db2: readWith({ engine: runningReplica }) },
    engine: runningPrimary,
    verdict: { kind: 'private', reason: '' },
    silentMs: 0,
    ...changes,
  };
}
