import type { Generation } from './generations.ts';
import type { OracleVerdict } from './judge.ts';

/** First and last of an unbroken series of numbers. */
export type NumberRange = readonly [number, number];

/** Commits by a superseded primary: how many, and how long after the new one's first the last of them came. */
export type LateCommits = { readonly count: number; readonly lastAfterMs: number };

/** A verdict small enough to keep beside its log. */
export type VerdictSummary = {
  readonly acknowledged: number;
  readonly unacknowledged: number;
  readonly unacknowledgedPresent: number;
  readonly lost: readonly NumberRange[];
  readonly holes: readonly NumberRange[];
  readonly duplicated: readonly NumberRange[];
  readonly unsent: readonly NumberRange[];
  readonly longestGapMs: number;
  readonly generations: readonly Generation[];
  /** For clients on other servers than the superseded primary's. */
  readonly lateElsewhere: LateCommits;
  /** For clients on the superseded primary's own server. */
  readonly lateLocal: LateCommits;
};

/** Gives a verdict without its acknowledgements. */
export function summariseVerdict(verdict: OracleVerdict): VerdictSummary {
  const { acknowledged, unacknowledged, unacknowledgedPresent, generations } = verdict;
  return {
    acknowledged,
    unacknowledged,
    unacknowledgedPresent,
    lost: toRanges(verdict.lost),
    holes: toRanges(verdict.holes),
    duplicated: toRanges(verdict.duplicated),
    unsent: toRanges(verdict.unsent),
    longestGapMs: verdict.longestGap?.durationMs ?? 0,
    generations,
    lateElsewhere: late(verdict, 'elsewhere'),
    lateLocal: late(verdict, 'local'),
  };
}

/** Gives how many numbers stand in ranges. */
export function countOf(ranges: readonly NumberRange[]): number {
  return ranges.reduce((total, [first, last]) => total + last - first + 1, 0);
}

function late({ lateAcks }: OracleVerdict, client: 'elsewhere' | 'local'): LateCommits {
  const found = lateAcks.filter((lateAck) => lateAck.client === client);
  return { count: found.length, lastAfterMs: found.reduce((longest, { afterMs }) => Math.max(longest, afterMs), 0) };
}

function toRanges(numbers: readonly number[]): readonly NumberRange[] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
