/**
 * Boots a copy of a lab, drills it, keeps the records, takes it down: `pnpm drill <lab> [--what failover|switchover] [--runs N]
 * [--seed N] [--faults KIND,…] [--roles ROLE,…] [--most N] [--lasting] [--by-command]`. The records of a failover drill go to
 * packages/sandbox/drills/<lab>, where a test judges them again.
 */
import { join } from 'node:path';

import { argv } from 'zx';

import { RECORDS, withLab } from './drill/lab.ts';

const lab = argv._[0] ?? 'postgres';
const what = String(argv['what'] ?? 'failover');
const words = [
  ...['runs', 'seed', 'faults', 'roles', 'most'].flatMap((key) =>
    argv[key] === undefined ? [] : [`--${key}`, String(argv[key])],
  ),
  ...['lasting', 'by-command'].flatMap((key) => (argv[key] === true ? [`--${key}`] : [])),
  ...(what === 'failover' ? ['--out', join(RECORDS, lab)] : []),
];
const { stdout, exitCode } = await withLab(lab, (stage) => stage.drill(what, words));
console.log(stdout);
process.exitCode = exitCode;
