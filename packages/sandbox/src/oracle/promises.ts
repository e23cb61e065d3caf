import { isDeepStrictEqual } from 'node:util';

import type { RunFacts } from './facts.ts';
import type { OracleVerdict } from './judge.ts';
import { judge } from './judge.ts';
import type { OracleAck, OracleLog, TableRow } from './log.ts';
import type { VerdictSummary } from './verdict.ts';
import { summariseVerdict } from './verdict.ts';

/** A run as it is kept: all that its verdict follows from, and the verdict of its day. */
export type RunRecord = {
  readonly facts: RunFacts;
  readonly log: OracleLog;
  readonly rows: readonly TableRow[];
  readonly verdict: VerdictSummary;
};

/** Something that a run shows and should not. Numbers are those of the rows. */
export type BrokenPromise =
  /** The verdict that was kept does not follow from the log and the table that were kept. */
  | { readonly kind: 'verdict-differs'; readonly verdict: VerdictSummary }
  | { readonly kind: 'duplicated'; readonly seqs: readonly number[] }
  | { readonly kind: 'unsent'; readonly seqs: readonly number[] }
  /** The service promised to lose nothing. */
  | { readonly kind: 'lost'; readonly seqs: readonly number[] }
  /** What was lost is no contiguous tail. */
  | { readonly kind: 'hole'; readonly seqs: readonly number[] }
  /** What was lost was acknowledged outside every window that was reported. */
  | { readonly kind: 'outside-window'; readonly seqs: readonly number[] }
  /** A client on another server had a commit from a primary that was proved to be out. */
  | { readonly kind: 'late'; readonly seqs: readonly number[] };

/** Judges a kept run again and gives what it breaks of what its mode and its fences promise; empty when it keeps everything. */
export function brokenPromises({ facts, log, rows, verdict: kept }: RunRecord): readonly BrokenPromise[] {
  const verdict = judge(log, rows);
  const summary = summariseVerdict(verdict);
  const isStrict = facts.mode === 'strict';
  const found: readonly BrokenPromise[] = [
    { kind: 'duplicated', seqs: verdict.duplicated },
    { kind: 'unsent', seqs: verdict.unsent },
    { kind: 'lost', seqs: isStrict ? verdict.lost : [] },
    { kind: 'hole', seqs: isStrict ? [] : verdict.holes },
    { kind: 'outside-window', seqs: isStrict ? [] : outsideWindows(facts, log, verdict) },
    { kind: 'late', seqs: forbiddenLateCommits(facts, verdict) },
  ];
  const broken = found.filter((promise) => 'seqs' in promise && promise.seqs.length > 0);
  return isDeepStrictEqual(summary, kept) ? broken : [{ kind: 'verdict-differs', verdict: summary }, ...broken];
}

function outsideWindows(facts: RunFacts, log: OracleLog, verdict: OracleVerdict): readonly number[] {
  // An engine's own consensus reports no window.
  if (facts.failovers.some(({ fence }) => fence === 'automatic')) return [];
  const lost = new Set(verdict.lost);
  // They are counted as late: no window speaks of what a superseded primary still took.
  const late = new Set(verdict.lateAcks.map(({ ack }) => ack.seq));
  return log
    .filter((event) => event.kind === 'ack')
    .filter((ack) => lost.has(ack.seq) && !late.has(ack.seq) && !isInsideWindow(facts, ack))
    .map(({ seq }) => seq);
}

function isInsideWindow({ failovers }: RunFacts, { sentAt, at }: OracleAck): boolean {
  return failovers.some(({ lossWindow }) => {
    if (lossWindow === undefined) return false;
    return at >= (lossWindow.since ?? -Infinity) && sentAt <= lossWindow.until;
  });
}

function forbiddenLateCommits({ failovers }: RunFacts, { lateAcks }: OracleVerdict): readonly number[] {
  const isProved = failovers.length > 0 && failovers.every(({ fence }) => fence === 'proved');
  return isProved ? lateAcks.filter(({ client }) => client === 'elsewhere').map(({ ack }) => ack.seq) : [];
}
