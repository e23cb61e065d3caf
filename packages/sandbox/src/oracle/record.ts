import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';

import type { RunFacts } from './facts.ts';
import { judge } from './judge.ts';
import type { OracleLog, TableRow } from './log.ts';
import type { PackedLog } from './pack.ts';
import { packLog, unpackLog } from './pack.ts';
import type { RunRecord } from './promises.ts';
import type { VerdictSummary } from './verdict.ts';
import { summariseVerdict } from './verdict.ts';

/** End of the names of the files that hold a run. */
export const RECORD_SUFFIX = '.run.br';

/** What a record's file holds, as JSON, before it is compressed with Brotli. */
type RecordFile = {
  readonly format: 1;
  readonly facts: RunFacts;
  readonly verdict: VerdictSummary;
  readonly rows: readonly RowRange[];
  readonly log: PackedLog;
};

/** Judges a run and writes all of it as one file of a few bytes per row, from which it can be judged again. */
export async function saveRecord(
  path: string,
  { facts, log, rows }: { readonly facts: RunFacts; readonly log: OracleLog; readonly rows: readonly TableRow[] },
): Promise<RunRecord> {
  const verdict = summariseVerdict(judge(log, rows));
  const file: RecordFile = { format: 1, facts, verdict, rows: toRanges(rows), log: packLog(log) };
  const options = { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };
  await writeFile(path, await promisify(brotliCompress)(JSON.stringify(file), options));
  return { facts, log, rows, verdict };
}

/** Reads a run that `saveRecord` wrote. Throws what the file system or the decompressor throws, and for a file of another format. */
export async function loadRecord(path: string): Promise<RunRecord> {
  const text = (await promisify(brotliDecompress)(await readFile(path))).toString('utf8');
  // Only `saveRecord` writes these files.
  const file = JSON.parse(text) as RecordFile;
  if (file.format !== 1) throw new Error(`${path} is no record of a run`);
  const { facts, verdict } = file;
  return { facts, verdict, rows: fromRanges(file.rows), log: unpackLog(file.log) };
}

/** First and last number of a row of numbers, and how often each stands in the table. */
type RowRange = readonly [number, number, number];

function toRanges(rows: readonly TableRow[]): readonly RowRange[] {
  const ranges: [number, number, number][] = [];
  for (const { seq, copies } of rows.toSorted((left, right) => left.seq - right.seq)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === seq - 1 && last[2] === copies) last[1] = seq;
    else ranges.push([seq, seq, copies]);
  }
  return ranges;
}

function fromRanges(ranges: readonly RowRange[]): readonly TableRow[] {
  return ranges.flatMap(([first, last, copies]) =>
    Array.from({ length: last - first + 1 }, (_, index) => ({ seq: first + index, copies })),
  );
}
