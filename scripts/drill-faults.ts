/**
 * Causes every fault of packages/failover/FAULTS.md that is not caused by `scripts/test`, on a machine that does nothing else:
 * `pnpm drill:faults`. Writes packages/sandbox/drills/faults.txt, and ends as the tests did.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { $ } from 'zx';

import { renderFaults } from './drill/fault-record.ts';
import type { FaultReport } from './drill/fault-record.ts';
import { RECORDS } from './drill/lab.ts';

const root = join(import.meta.dirname, '..');
const results = join(root, '.flotilla', 'drill-faults');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const env = { ...process.env, FLOTILLA_TEST_RESULTS: results, FLOTILLA_TEST_RUNNER: 'faults' };
const { exitCode } = await $({
  cwd: root,
  env,
  nothrow: true,
  stdio: ['ignore', 'inherit', 'inherit'],
})`pnpm --silent exec vitest run --project drill packages/cli/test/faults`;
// Vitest's own reporter writes it.
const report = JSON.parse(readFileSync(join(results, 'faults.json'), 'utf8')) as FaultReport;
writeFileSync(join(RECORDS, 'faults.txt'), renderFaults(report, new Date()));
process.exitCode = exitCode ?? 1;
