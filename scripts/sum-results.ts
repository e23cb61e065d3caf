/** Sums what `scripts/test` ran: `node scripts/sum-results.ts DIR`. The last line is the sum; exits 1 when anything failed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sumRuns, summaryLine } from './results/sum.ts';
import type { Run } from './results/sum.ts';

const folder = process.argv[2] ?? '';
const list = join(folder, 'runs.tsv');
const lines = existsSync(list)
  ? readFileSync(list, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  : [];
const runs = lines.map((line): Run => {
  const [name = '', exitCode = '', files = ''] = line.split('\t');
  return { name, exitCode: Number(exitCode), files: files.split(' ').filter((file) => file !== '') };
});

const sums = sumRuns(runs, (file) => {
  const path = join(folder, `${file}.json`);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
});
console.log('');
for (const { name, counts } of sums.runs) console.log(`${name.padEnd(12)} ${summaryLine(counts)}`);
for (const problem of sums.problems) console.log(`  ${problem}`);
writeFileSync(join(folder, 'summed'), `${summaryLine(sums.total)}\n`);
console.log(`\n${summaryLine(sums.total)}`);
process.exitCode = sums.total.failed === 0 && sums.total.passed > 0 ? 0 : 1;
