import type { GuardStatus } from '@flotilla/model';

import { isAhead, isAnotherDatabase, isAtRest, isDataSeen } from './data.ts';
import type { RefusalCode } from './records.ts';
import { votingRecord } from './view.ts';
import type { View } from './view.ts';
import { countVotes, findContradiction } from './votes.ts';

export type PromotionOrder = {
  readonly term: number;
  /** A person accepts that a peer within reach holds data which this server lacks. */
  readonly acceptLoss: boolean;
};

/** What the holder does next to become primary. */
export type PromotionPlan =
  /** Promote the running replica, then record it. */
  | { readonly kind: 'promote' }
  /** The data are a primary's already: record it. */
  | { readonly kind: 'record' }
  /** Nothing: it was recorded before. */
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly reason: string;
      readonly servers: readonly string[];
    };

function refuse(code: RefusalCode, reason: string, servers: readonly string[] = []): PromotionPlan {
  return { kind: 'refused', code, reason, servers };
}

/**
 * Plans the promotion of this server in the term it holds. The view must have been read after the order came.
 * Every other member must be known not to be open: it answers in this term and is closed or a replica, or its fence is proved.
 */
export function planPromotion(view: View, order: PromotionOrder): PromotionPlan {
  const { record, self } = view;
  if (record === null) return refuse('RECORD_LOST', `${self} has no record`);
  if (record.term !== order.term) return refuse('WRONG_TERM', `${self} is in term ${record.term}`);
  if (record.holder !== self) return refuse('NOT_HOLDER', `${record.holder} holds term ${record.term}`);
  if (votingRecord(view, self) === null) return refuse('RECORD_LOST', `a peer remembers a higher record of ${self}`);
  if (record.phase === 'promoted') return { kind: 'done' };
  const contradiction = findContradiction(view, record);
  if (contradiction) {
    const code = contradiction.kind === 'higher' ? 'HIGHER_TERM' : 'CONFLICT';
    return refuse(code, `${contradiction.server} knows term ${contradiction.term}`, [contradiction.server]);
  }
  const count = countVotes(view, record);
  if (!count.enough) return refuse('NO_MAJORITY', `${count.votes.length} votes`, count.missing);
  const open = view.members.filter((member) => member !== self && !isConfirmed(view, member));
  if (open.length > 0) return refuse('NOT_CONFIRMED', 'not known to be closed, and not proved fenced', open);
  return planByData(view, order);
}

function isConfirmed(view: View, member: string): boolean {
  const { record } = view;
  const isFenced = record?.fencedIn === view.bootId && (record.fenced ?? []).includes(member);
  const read = view.reads[member];
  if (read === undefined) return isFenced;
  const theirs = votingRecord(view, member);
  if (theirs?.term !== record?.term || theirs?.holder !== view.self) return false;
  return isStandingDown(read) && (isFenced || isOff(read));
}

function isStandingDown(read: Pick<GuardStatus, 'verdict'>): boolean {
  return read.verdict.kind === 'closed' || read.verdict.kind === 'replica';
}

function isOff({ engine }: Pick<GuardStatus, 'engine'>): boolean {
  return engine.state === 'empty' || engine.role === 'replica' || isAtRest(engine);
}

/** Under `strict` every acknowledged write is on two members: all but one show the newest. */
const MOST_UNSEEN = 1;

function isSeen(view: View, member: string): boolean {
  const read = view.reads[member];
  return read !== undefined && isDataSeen(read.engine);
}

function planByData(view: View, order: PromotionOrder): PromotionPlan {
  const { engine } = view;
  if (engine.state !== 'running' && engine.state !== 'stopped')
    return refuse('NO_DATA', `the engine is ${engine.state}`);
  const peers = view.members.flatMap((member) => {
    const read = member === view.self ? undefined : view.reads[member];
    return read === undefined ? [] : [{ member, theirs: read.engine }];
  });
  const strangers = peers.filter(({ theirs }) => isAnotherDatabase(engine, theirs)).map(({ member }) => member);
  const ahead = peers.filter(({ theirs }) => isAhead(theirs, engine)).map(({ member }) => member);
  const better = [...strangers, ...ahead];
  if (better.length > 0 && !order.acceptLoss) return refuse('DATA_AHEAD', 'a member holds other or newer data', better);
  if (engine.errant !== undefined && !order.acceptLoss) {
    return refuse('DATA_ERRANT', `it holds writes of its own that the primary never had: ${engine.errant}`, [
      view.self,
    ]);
  }
  const unseen = view.members.filter((member) => member !== view.self && !isSeen(view, member));
  if (view.synchronous === 'strict' && unseen.length > MOST_UNSEEN && !order.acceptLoss) {
    return refuse(
      'DATA_UNSEEN',
      'an acknowledged write may be on members whose data are not seen, and nowhere else',
      unseen,
    );
  }
  if (engine.role !== 'replica') return { kind: 'record' };
  return engine.state === 'running' ? { kind: 'promote' } : refuse('NO_DATA', 'the replica is not running');
}
