import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { BrokenPromise, RunRecord } from './promises.ts';
import { brokenPromises } from './promises.ts';
import { loadRecord, RECORD_SUFFIX } from './record.ts';

/** A kept run, judged again. */
export type RejudgedRun = Pick<RunRecord, 'facts' | 'verdict'> & {
  /** Path below the folder. */
  readonly file: string;
  readonly broken: readonly BrokenPromise[];
};

/** Judges every run that is kept below a folder again, sorted by file; none when there is no such folder. Throws for a damaged file. */
export async function rejudge(folder: string): Promise<readonly RejudgedRun[]> {
  const files = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const runs: RejudgedRun[] = [];
  for (const file of files.filter((name) => name.endsWith(RECORD_SUFFIX)).toSorted()) {
    const record = await loadRecord(join(folder, file));
    runs.push({ file, facts: record.facts, verdict: record.verdict, broken: brokenPromises(record) });
  }
  return runs;
}
