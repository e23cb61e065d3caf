import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { OracleLog, TableRow } from './log.ts';
import { formatEvent, parseLog } from './log.ts';

/** Everything that `judge` needs of one run, and the seed of the scenario that made it. */
export type OracleRecord = {
  readonly scenario: string;
  readonly log: OracleLog;
  readonly rows: readonly TableRow[];
};

/** Writes a record as one compressed file, from which the run can be judged again. */
export async function saveRecord(path: string, { scenario, log, rows }: OracleRecord): Promise<void> {
  const head = JSON.stringify({ scenario, rows: toRanges(rows) });
  await writeFile(path, await promisify(gzip)(`${head}\n${log.map(formatEvent).join('')}`));
}

/** Reads a record that `saveRecord` wrote. */
export async function loadRecord(path: string): Promise<OracleRecord> {
  const text = (await promisify(gunzip)(await readFile(path))).toString('utf8');
  const headEnd = text.indexOf('\n');
  // Only `saveRecord` writes these files.
  const head = JSON.parse(text.slice(0, headEnd)) as { scenario: string; rows: readonly Range[] };
  return { scenario: head.scenario, rows: fromRanges(head.rows), log: parseLog(text.slice(headEnd + 1)) };
}

/** First and last number of a row of numbers, and how often each stands in the table. */
type Range = readonly [number, number, number];

function toRanges(rows: readonly TableRow[]): readonly Range[] {
  const ranges: [number, number, number][] = [];
  for (const { seq, copies } of rows.toSorted((left, right) => left.seq - right.seq)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === seq - 1 && last[2] === copies) last[1] = seq;
    else ranges.push([seq, seq, copies]);
  }
  return ranges;
}

function fromRanges(ranges: readonly Range[]): readonly TableRow[] {
  return ranges.flatMap(([first, last, copies]) =>
    Array.from({ length: last - first + 1 }, (_, index) => ({ seq: first + index, copies })),
  );
}
