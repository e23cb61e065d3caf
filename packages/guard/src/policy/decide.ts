import type { GuardVerdict, TermRecord } from '@flotilla/model';

import { isAhead, isAnotherDatabase, isAtRest, mayFollow, strandedFrom } from './data.ts';
import { votingRecord } from './view.ts';
import type { View } from './view.ts';
import { countVotes, findContradiction } from './votes.ts';

function closed(reason: string): GuardVerdict {
  return { kind: 'closed', reason };
}

/**
 * Decides what the engine of this server may be. Whatever is not positively allowed is closed.
 * @example decide(view) // { kind: 'open', term: 3 }
 */
export function decide(view: View): GuardVerdict {
  const { record, self } = view;
  if (!view.members.includes(self)) return closed('this server holds no data of the service');
  if (record === null) return closed('no record');
  if (votingRecord(view, self) === null) return closed('a peer remembers a higher record of this server');
  const contradiction = findContradiction(view, record);
  if (contradiction?.kind === 'higher') return closed(`${contradiction.server} knows term ${contradiction.term}`);
  if (contradiction) return closed(`${contradiction.server} names another holder of term ${record.term}`);
  if (record.phase === 'claimed') return waitForPromotion(view, record);
  return record.holder === self ? decideHolder(view, record) : decideFollower(view, record);
}

/** A standby keeps what it has until the holder is promoted, so that the outgoing primary can still ship its last bytes. */
function waitForPromotion(view: View, record: TermRecord): GuardVerdict {
  const reason = `term ${record.term} of ${record.holder} is claimed, not promoted`;
  if (view.engine.role !== 'replica') return closed(reason);
  const of = view.verdict.kind === 'replica' ? view.verdict.of : view.self;
  return { kind: 'replica', of, term: record.term };
}

function decideHolder(view: View, record: TermRecord): GuardVerdict {
  if (view.verdict.kind === 'open' && view.verdict.term === record.term && isSameStart(view)) {
    const isTooSilent = view.closeAfterMs !== undefined && view.silentMs > view.closeAfterMs;
    return isTooSilent ? closed(`no majority heard for ${view.silentMs} ms`) : view.verdict;
  }
  const count = countVotes(view, record);
  if (!count.enough) return closed(`${count.votes.length} of ${view.servers.length} votes for term ${record.term}`);
  return decideByData(view, record);
}

/** An engine that crashed and came back by itself is another start, and must be compared again. */
function isSameStart(view: View): boolean {
  return view.engine.state === 'unknown' || view.engine.startId === view.openedStart;
}

function decideByData(view: View, record: TermRecord): GuardVerdict {
  const { engine } = view;
  if (engine.state === 'empty') {
    const isFirst = engine.initAllowed === true && record.term === 1;
    return isFirst ? { kind: 'private', reason: 'first initialisation' } : closed('no data');
  }
  if (engine.role === 'replica') return closed('the data are a replica that was not promoted');
  const blocker = findOpenMember(view) ?? findBetterData(view);
  if (blocker !== undefined) return closed(blocker);
  if (engine.state === 'running') return { kind: 'open', term: record.term };
  if (engine.state === 'stopped') return { kind: 'private', reason: 'comparing data with the peers' };
  // Starting, or just promoted in place: stopping it now would only make it start over.
  if (view.verdict.kind === 'private' || view.verdict.kind === 'replica') return view.verdict;
  return closed('the engine has not reported its data');
}

/** A vote is on disk before the engine beside it has closed. */
function findOpenMember(view: View): string | undefined {
  const open = view.members.find((member) => {
    const engine = member === view.self ? undefined : view.reads[member]?.engine;
    return engine?.state === 'running' && engine.role === 'primary';
  });
  return open === undefined ? undefined : `${open} may still take writes`;
}

function findBetterData(view: View): string | undefined {
  for (const member of view.members) {
    const theirs = view.reads[member]?.engine;
    if (member === view.self || theirs === undefined) continue;
    if (isAnotherDatabase(view.engine, theirs)) return `${member} holds another database`;
    if (isAhead(theirs, view.engine)) return `${member} holds newer data`;
  }
  return undefined;
}

function decideFollower(view: View, record: TermRecord): GuardVerdict {
  const { engine } = view;
  const follow = { kind: 'replica', of: record.holder, term: record.term } as const;
  const primary = view.reads[record.holder]?.engine;
  if (primary !== undefined && isAnotherDatabase(engine, primary)) {
    return closed(`the data are not those of ${record.holder}: rejoin`);
  }
  if (engine.state === 'empty') return follow;
  if (engine.role === 'replica') {
    const stranded = primary === undefined ? undefined : strandedFrom(engine, primary);
    return stranded === undefined ? follow : { ...follow, stranded };
  }
  // While the wrapper turns the data of a former primary into a standby's, the facts are not to be had.
  if (engine.state === 'unknown' && view.verdict.kind === 'replica') return follow;
  if (primary === undefined || primary.state !== 'running') {
    return closed(`superseded by ${record.holder} in term ${record.term}, which cannot be compared with`);
  }
  return mayFollow(engine, primary)
    ? follow
    : {
        kind: 'closed',
        reason: `superseded by ${record.holder} in term ${record.term}, and the data may be ahead: rejoin`,
        // Only what lies still can be set aside.
        ...(isAtRest(engine) ? { isSuperseded: true } : {}),
      };
}
