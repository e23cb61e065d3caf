import type { TermRecord } from '@flotilla/model';

import { answersOf, rankOf, rememberedRank, votingRecord } from './view.ts';
import type { View } from './view.ts';

/** What becomes of an order that would change the record. `record` must be on disk before it is answered. */
export type RecordOutcome =
  | { readonly kind: 'accepted'; readonly record: TermRecord }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string };

/** Why a guard refuses an order. Permanent: tools rely on them. */
export type RefusalCode =
  | 'NOT_GUARDED'
  | 'HAS_RECORD'
  | 'PEER_HAS_RECORD'
  | 'NO_MAJORITY'
  | 'TERM_TOO_LOW'
  | 'UNKNOWN_SERVER'
  | 'NOT_A_MEMBER'
  | 'RECORD_LOST'
  | 'WRONG_TERM'
  | 'NOT_HOLDER'
  | 'WRONG_BOOT'
  | 'NOT_PROMOTED'
  | 'HIGHER_TERM'
  | 'CONFLICT'
  | 'NOT_CONFIRMED'
  | 'DATA_AHEAD'
  | 'DATA_UNSEEN'
  /** The replica holds writes that no primary made. */
  | 'DATA_ERRANT'
  | 'NO_DATA'
  | 'ENGINE_FAILED'
  | 'NO_SPACE'
  | 'BAD_ORDER';

export type Claim = { readonly term: number; readonly holder: string; readonly at: string };

function refuse(code: RefusalCode, reason: string): RecordOutcome {
  return { kind: 'refused', code, reason };
}

/** Gives the number of others that must be heard before their word replaces a lost record. */
function majorityOfOthers(view: View): number {
  const others = view.servers.length - 1;
  return others === 0 ? 0 : Math.floor(others / 2) + 1;
}

/** Accepts only a term above everything that this server ever accepted; the same claim twice is one claim. */
export function acceptClaim(view: View, claim: Claim): RecordOutcome {
  const { record, self } = view;
  if (!view.servers.includes(claim.holder)) return refuse('UNKNOWN_SERVER', `no server ${claim.holder}`);
  if (!view.members.includes(claim.holder)) return refuse('NOT_A_MEMBER', `${claim.holder} holds no data`);
  if (record === null) return refuse('RECORD_LOST', `${self} has no record and was not seeded yet`);
  if (record.term === claim.term && record.holder === claim.holder) return { kind: 'accepted', record };
  const floor = Math.max(record.term, Math.floor(rememberedRank(view, self) / 2));
  if (claim.term <= floor) return refuse('TERM_TOO_LOW', `${self} has accepted term ${floor}`);
  return { kind: 'accepted', record: { term: claim.term, holder: claim.holder, phase: 'claimed', at: claim.at } };
}

/** Servers proved fenced after the claim of `term` had its majority. */
export type FenceProof = {
  readonly term: number;
  readonly fenced: readonly string[];
  /** Boot of the holder's server, as read before the proof was begun. */
  readonly bootId: string;
};

/** Adds proofs of fencing to the holder's own claim. They are bound to one boot: whoever restarts must have them proved again. */
export function acceptFence(view: View, proof: FenceProof): RecordOutcome {
  const { record, self } = view;
  if (record?.term !== proof.term) return refuse('WRONG_TERM', `${self} is in term ${record?.term ?? 0}`);
  if (record.holder !== self) return refuse('NOT_HOLDER', `${record.holder} holds term ${record.term}`);
  if (proof.bootId !== view.bootId) return refuse('WRONG_BOOT', `${self} was restarted since the proof`);
  const stranger = proof.fenced.find((server) => !view.servers.includes(server) || server === self);
  if (stranger !== undefined) return refuse('UNKNOWN_SERVER', `${stranger} cannot be fenced for ${self}`);
  const known = record.fencedIn === view.bootId ? (record.fenced ?? []) : [];
  const fenced = [...new Set([...known, ...proof.fenced])].sort();
  return { kind: 'accepted', record: { ...record, fenced, fencedIn: view.bootId } };
}

/** Notes that the holder of this very term was promoted. */
export function acceptPromoted(
  view: View,
  order: { readonly term: number; readonly holder: string; readonly at: string },
): RecordOutcome {
  const { record, self } = view;
  if (record?.term === order.term && record.holder === order.holder) {
    // The holder's own phase changes by its promotion alone.
    if (order.holder === self && record.phase === 'claimed') return refuse('NOT_PROMOTED', `${self} was not promoted`);
    return { kind: 'accepted', record: { ...record, phase: 'promoted' } };
  }
  const claimed = acceptClaim(view, order);
  if (claimed.kind === 'refused') return claimed;
  if (order.holder === self) return refuse('NOT_PROMOTED', `${self} was not promoted in term ${order.term}`);
  return { kind: 'accepted', record: { ...claimed.record, phase: 'promoted' } };
}

/** Writes term 1 where no majority of the others knows anything else. */
export function acceptBootstrap(view: View, order: { readonly holder: string; readonly at: string }): RecordOutcome {
  const { record, self } = view;
  if (!view.members.includes(order.holder)) return refuse('NOT_A_MEMBER', `${order.holder} holds no data`);
  if (record !== null) {
    const isSame = record.term === 1 && record.holder === order.holder;
    return isSame ? { kind: 'accepted', record } : refuse('HAS_RECORD', `${self} has a record of term ${record.term}`);
  }
  const answers = answersOf(view);
  const other = answers.find(
    ([server, read]) =>
      (read.record !== null && (read.record.term !== 1 || read.record.holder !== order.holder)) ||
      rememberedRank(view, server) > rankOf({ term: 1, phase: 'promoted' }),
  );
  if (other) return refuse('PEER_HAS_RECORD', `${other[0]} knows another term`);
  if (rememberedRank(view, self) > rankOf({ term: 1, phase: 'promoted' })) {
    return refuse('PEER_HAS_RECORD', `a peer remembers a record of ${self}`);
  }
  if (answers.length < majorityOfOthers(view)) return refuse('NO_MAJORITY', `${answers.length} peers answered`);
  return { kind: 'accepted', record: { term: 1, holder: order.holder, phase: 'promoted', at: order.at } };
}

/**
 * Gives the record that this server should take over from its peers, or `undefined` when it should keep its own.
 * A server that votes takes over anything newer, as if the tool had reached it. One whose record is lost takes over only what a majority of
 * the others agrees is the newest, and only when that is not below what they remember of it.
 */
export function planSeed(view: View): TermRecord | undefined {
  const records = view.servers
    .filter((server) => server !== view.self)
    .map((server) => ({ record: view.reads[server]?.record ?? null, voting: votingRecord(view, server) }));
  const newest = records
    .flatMap(({ record }) => (record === null ? [] : [record]))
    .reduce<TermRecord | undefined>((best, next) => (rankOf(next) > rankOf(best) ? next : best), undefined);
  if (newest === undefined) return undefined;
  if (votingRecord(view, view.self) !== null) return takeNewer(view, newest);
  const heard = records.filter(({ voting }) => voting !== null).length;
  if (heard < majorityOfOthers(view) || rankOf(newest) < rememberedRank(view, view.self)) return undefined;
  return withoutProofs(newest);
}

function takeNewer(view: View, newest: TermRecord): TermRecord | undefined {
  const { record, self } = view;
  if (record === null || newest.term < record.term) return undefined;
  if (newest.term > record.term) return withoutProofs(newest);
  const isNews = newest.holder === record.holder && newest.phase === 'promoted' && record.phase === 'claimed';
  return isNews && record.holder !== self ? { ...record, phase: 'promoted' } : undefined;
}

/** Proofs are for the eyes of the holder alone, and bound to its boot. */
function withoutProofs(record: TermRecord): TermRecord {
  return { term: record.term, holder: record.holder, phase: record.phase, at: record.at };
}
