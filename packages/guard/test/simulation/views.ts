import type { EngineFacts, GuardVerdict, SeenTerm, TermRecord } from '@flotilla/model';

import type { PeerRead, View } from '../../src/policy/view.ts';
import { countVotes } from '../../src/policy/votes.ts';
import { hears } from './state.ts';
import type { Fleet, Node, Rec, State } from './state.ts';

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

/** An engine that stays up tells where it is. While it is being opened it counts as open; closed, it follows nobody. */
function restingFactsOf({ saysOldFacts }: Fleet, node: Node, data: string): EngineFacts {
  if (node.engine === 'off') return { state: 'unknown', role: 'none' };
  const isOpening = saysOldFacts !== true && (node.pending === 'open' || node.pending === 'late');
  const counts = [...new Set(data)].map((letter) => `0-${letter.charCodeAt(0)}-${data.split(letter).length - 1}`);
  const role = node.engine === 'open' || isOpening ? 'primary' : node.engine === 'standby' ? 'replica' : 'none';
  return { state: 'running', role, position: { kind: 'gtid-list', executed: counts.join(',') }, startId: 'start' };
}

/** Positions are doubled: a clean stop writes its checkpoint at 2n, and who received it left the timeline at 2n + 1. */
function factsOf(fleet: Fleet, node: Node): EngineFacts {
  if (node.data === undefined) return { state: 'empty', role: 'none' };
  const { data } = node;
  if (fleet.atRest === true) return restingFactsOf(fleet, node, data);
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
  if (node.pending === 'open' && node.engine === 'rest') return { kind: 'open', term: node.rec?.term ?? 0 };
  if (node.engine === 'open' && node.pending !== 'close') return { kind: 'open', term: node.rec?.term ?? 0 };
  if (node.engine === 'standby') return { kind: 'replica', of: nameOf(node.of), term: 0 };
  return { kind: 'closed', reason: '' };
}

const readsOf = new WeakMap<Fleet, WeakMap<Node, PeerRead>>();

function readOf(fleet: Fleet, node: Node): PeerRead {
  const reads = readsOf.get(fleet) ?? new WeakMap<Node, PeerRead>();
  readsOf.set(fleet, reads);
  const known = reads.get(node);
  if (known !== undefined) return known;
  const read = {
    record: recordOf(node.rec),
    remembers: seenOf(node),
    verdict: verdictOf(node),
    engine: factsOf(fleet, node),
  };
  reads.set(node, read);
  return read;
}

/** Gives what server `self` sees when it asks everybody it can reach, at this moment. */
export function viewOf(fleet: Fleet, state: State, self: number): View {
  const node = state.nodes[self]!;
  const own = readOf(fleet, node);
  const servers = state.nodes.map((_, index) => nameOf(index));
  const heard = state.nodes.flatMap((peer, index) =>
    index !== self && hears(state, self, index) ? [[nameOf(index), readOf(fleet, peer)] as const] : [],
  );
  const view: View = {
    self: nameOf(self),
    bootId: 'now',
    servers,
    members: servers.slice(0, fleet.members),
    record: own.record,
    remembers: own.remembers,
    reads: Object.fromEntries(heard),
    engine: own.engine,
    verdict: own.verdict,
    openedStart: 'start',
    silentMs: 0,
  };
  if (fleet.closesInSilence !== true || view.record === null) return view;
  return { ...view, closeAfterMs: 1, silentMs: countVotes(view, view.record).enough ? 0 : 2 };
}
