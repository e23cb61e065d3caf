import type { TermRecord } from '@flotilla/model';

import { answersOf, votingRecord } from './view.ts';
import type { View } from './view.ts';

/** Who stands behind a record. */
export type Count = {
  readonly enough: boolean;
  /** Servers whose own record names the same term and holder; sorted. */
  readonly votes: readonly string[];
  /** Servers that neither vote for it nor are covered by a proof; sorted. */
  readonly missing: readonly string[];
};

/** Gives the servers whose fence is proved for this view's own record, in this boot, and that are silent. */
function fencedServers(view: View): readonly string[] {
  const { record } = view;
  if (record?.holder !== view.self || record.fencedIn !== view.bootId) return [];
  return (record.fenced ?? []).filter((server) => view.reads[server] === undefined);
}

/**
 * Counts who knows `record.holder` as the holder of `record.term`.
 * Enough is a majority of the fleet, or every server that is not proved fenced: a proof replaces a vote only when nobody is left who could
 * vote for another.
 */
export function countVotes(view: View, record: TermRecord): Count {
  const votes = view.servers.filter((server) => {
    const theirs = votingRecord(view, server);
    return theirs !== null && theirs.term === record.term && theirs.holder === record.holder;
  });
  const fenced = fencedServers(view);
  const missing = view.servers.filter((server) => !votes.includes(server) && !fenced.includes(server));
  const enough = votes.length * 2 > view.servers.length || (votes.includes(view.self) && missing.length === 0);
  return { enough, votes, missing };
}

/** Gives the first peer whose record contradicts `record`: a higher term, or another holder of the same term. */
export function findContradiction(
  view: View,
  record: TermRecord,
): { readonly kind: 'higher' | 'conflict'; readonly server: string; readonly term: number } | undefined {
  for (const [server, { record: theirs }] of answersOf(view)) {
    if (theirs === null) continue;
    if (theirs.term > record.term) return { kind: 'higher', server, term: theirs.term };
    if (theirs.term === record.term && theirs.holder !== record.holder) {
      return { kind: 'conflict', server, term: theirs.term };
    }
  }
  return undefined;
}
