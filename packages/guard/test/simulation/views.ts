import type { EngineFacts, GuardVerdict, SeenTerm, TermRecord } from '@flotilla/model';

import type { PeerRead, View } from '../../src/policy/view.ts';
import { hears } from './state.ts';
import type { Node, Rec, State } from './state.ts';

export const nameOf = (index: number): string => `s${index}`;
export const indexOf = (name: string): number => Number(name.slice(1));

export function recordOf(rec: Rec | null): TermRecord | null {
  if (rec === null) return null;
  return {
    term: rec.term,
    holder: nameOf(rec.holder),
    phase: rec.promoted ? 'promoted' : 'claimed',
    at: '',
    fenced: rec.fenced.map(nameOf),
    fencedIn: rec.isThisBoot ? 'now' : 'before',
  };
}

export function recOf(record: TermRecord): Rec {
  return {
    term: record.term,
    holder: indexOf(record.holder),
    promoted: record.phase === 'promoted',
    fenced: (record.fenced ?? []).map(indexOf),
    isThisBoot: record.fencedIn === 'now',
  };
}

function seenOf(node: Node): Record<string, SeenTerm> {
  const entries = node.seen.flatMap((value, index): readonly (readonly [string, SeenTerm])[] =>
    value === 0 ? [] : [[nameOf(index), { term: value >> 1, phase: value % 2 === 1 ? 'promoted' : 'claimed' }]],
  );
  return Object.fromEntries(entries);
}

/** Positions are doubled: a clean stop writes its checkpoint at 2n, and who received it left the timeline at 2n + 1. */
function factsOf(node: Node): EngineFacts {
  if (node.data === undefined) return { state: 'empty', role: 'none' };
  const { data } = node;
  const digits = data.split('').flatMap((sign, index) => (sign === 'w' ? [] : [index]));
  return {
    state: node.engine === 'off' ? 'stopped' : 'running',
    role: node.role,
    systemIdentifier: 'one',
    timeline: digits.length + 1,
    lsn: String(data.length * 2),
    cleanShutdown: node.clean,
    history: digits.map((at, index) => ({ timeline: index + 1, lsn: String(at * 2 + 1) })),
    startId: 'start',
  };
}

function verdictOf(node: Node): GuardVerdict {
  if (node.engine === 'open') return { kind: 'open', term: node.rec?.term ?? 0 };
  if (node.engine === 'standby') return { kind: 'replica', of: nameOf(node.of), term: 0 };
  return { kind: 'closed', reason: '' };
}

const reads = new WeakMap<Node, PeerRead>();

function readOf(node: Node): PeerRead {
  const known = reads.get(node);
  if (known !== undefined) return known;
  const read = { record: recordOf(node.rec), remembers: seenOf(node), verdict: verdictOf(node), engine: factsOf(node) };
  reads.set(node, read);
  return read;
}

/** Gives what server `self` sees when it asks everybody it can reach, at this moment. */
export function viewOf(state: State, self: number, members: number): View {
  const node = state.nodes[self]!;
  const own = readOf(node);
  const servers = state.nodes.map((_, index) => nameOf(index));
  const heard = state.nodes.flatMap((peer, index) =>
    index !== self && hears(state, self, index) ? [[nameOf(index), readOf(peer)] as const] : [],
  );
  return {
    self: nameOf(self),
    bootId: 'now',
    servers,
    members: servers.slice(0, members),
    record: own.record,
    remembers: own.remembers,
    reads: Object.fromEntries(heard),
    engine: own.engine,
    verdict: own.verdict,
    openedStart: 'start',
    silentMs: 0,
  };
}
