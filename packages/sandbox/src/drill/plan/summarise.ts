import type { RunFacts, RunTimes } from '../../oracle/facts.ts';
import type { BrokenPromise } from '../../oracle/promises.ts';
import type { VerdictSummary } from '../../oracle/verdict.ts';
import { countOf } from '../../oracle/verdict.ts';

/** A run that was judged. */
export type JudgedRun = {
  readonly facts: RunFacts;
  readonly verdict: VerdictSummary;
  /** Empty when the run kept everything that its mode and its fences promise. */
  readonly broken: readonly BrokenPromise[];
};

/** One line of a summary. */
export type RunLine = {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly times: RunTimes;
  readonly longestGapMs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Commits by a superseded primary for clients on other servers. */
  readonly late: number;
  /** Commits by a superseded primary for clients on its own server. */
  readonly lateLocal: number;
  /** Whether a fence was overridden by a person's word. */
  readonly isOverridden: boolean;
  /** What was broken; empty in a good run. */
  readonly broken: readonly BrokenPromise['kind'][];
};

/** What a series of runs shows. */
export type DrillSummary = {
  readonly runs: readonly RunLine[];
  /** Over the runs in which the point was reached; absent when it never was. Of an even number, the mean of the two in the middle. */
  readonly medians: RunTimes & { readonly longestGapMs?: number };
  readonly totals: Pick<RunLine, 'acknowledged' | 'lost' | 'duplicated' | 'late' | 'lateLocal'> & {
    readonly runs: number;
    readonly broken: number;
  };
};

const TIMES = ['detectMs', 'fenceMs', 'promoteMs', 'firstWriteMs', 'fullRedundancyMs'] as const;
const COUNTS = ['acknowledged', 'lost', 'duplicated', 'late', 'lateLocal'] as const;

/** Gives the summary of some runs, in their order. */
export function summarise(runs: readonly JudgedRun[]): DrillSummary {
  const lines = runs.map(lineOf);
  const medians = TIMES.flatMap((name) => {
    const value = median(lines.flatMap(({ times }) => times[name] ?? []));
    return value === undefined ? [] : [[name, value] as const];
  });
  const gap = median(lines.map(({ longestGapMs }) => longestGapMs));
  const sum = (name: (typeof COUNTS)[number]) => lines.reduce((total, line) => total + line[name], 0);
  return {
    runs: lines,
    medians: { ...Object.fromEntries(medians), ...(gap === undefined ? {} : { longestGapMs: gap }) },
    totals: {
      runs: lines.length,
      broken: lines.filter(({ broken }) => broken.length > 0).length,
      acknowledged: sum('acknowledged'),
      lost: sum('lost'),
      duplicated: sum('duplicated'),
      late: sum('late'),
      lateLocal: sum('lateLocal'),
    },
  };
}

/** Gives a summary as a table for people; durations in seconds. Ends without a line end. */
export function formatSummary({ runs, medians, totals }: DrillSummary): string {
  const head = ['seed', 'detect', 'fence', 'promote', 'first write', 'whole', 'gap', 'acked', 'lost', 'twice', 'late'];
  const rows = runs.map((line) => [
    String(line.seed),
    ...TIMES.map((name) => seconds(line.times[name])),
    seconds(line.longestGapMs),
    ...[line.acknowledged, line.lost, line.duplicated].map(String),
    lateCell(line),
    line.broken.length === 0 ? 'kept' : `BROKEN: ${line.broken.join(', ')}`,
    `${line.faults.join(', ')}${line.isOverridden ? ' (UNFENCED)' : ''}`,
  ]);
  const foot = [
    'median',
    ...TIMES.map((name) => seconds(medians[name])),
    seconds(medians.longestGapMs),
    ...[totals.acknowledged, totals.lost, totals.duplicated].map(String),
    lateCell(totals),
    `${totals.runs - totals.broken} of ${totals.runs} kept`,
    '',
  ];
  return layOut([[...head, 'promises', 'faults'], ...rows, foot]);
}

function lineOf({ facts, verdict, broken }: JudgedRun): RunLine {
  return {
    seed: facts.seed,
    faults: facts.faults.map(({ fault }) => fault),
    times: facts.times,
    longestGapMs: verdict.longestGapMs,
    acknowledged: verdict.acknowledged,
    lost: countOf(verdict.lost),
    duplicated: countOf(verdict.duplicated),
    late: verdict.lateElsewhere.count,
    lateLocal: verdict.lateLocal.count,
    isOverridden: facts.failovers.some(({ fence }) => fence === 'overridden'),
    broken: broken.map(({ kind }) => kind),
  };
}

function lateCell({ late, lateLocal }: Pick<RunLine, 'late' | 'lateLocal'>): string {
  return lateLocal === 0 ? String(late) : `${late} (+${lateLocal} local)`;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function seconds(durationMs: number | undefined): string {
  return durationMs === undefined ? '–' : (durationMs / 1_000).toFixed(2);
}

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
