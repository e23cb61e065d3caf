/**
 * Boots a copy of a lab, drills it, keeps the records, takes it down: `pnpm drill <lab> [--strict] [--what failover|switchover] [--runs N]
 * [--seed N] [--faults KIND,…] [--roles ROLE,…] [--most N] [--by-command]`. Records go to packages/sandbox/drills/<lab>, where a test judges them again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import { makeFleetRepository, startReaper } from '@flotilla/sandbox';
import { $, argv } from 'zx';

const root = join(import.meta.dirname, '..');
const lab = argv._[0] ?? 'postgres';
const what = String(argv['what'] ?? 'failover');
const name = `${lab}${argv['strict'] === true ? '-strict' : ''}`;
const environment = `drill-${name}`;
const folder = join(root, '.flotilla', 'drill', name);
const out = join(root, 'packages', 'sandbox', 'drills', name);
const launcher = join(root, 'scripts', 'flotilla');
const runner = spawnRunner();

const reaper = startReaper(runner, { environment, folder });
const template = join(root, 'environments', 'lab', lab);
const fleet = await makeFleetRepository({ root: folder, template, environment, launcher, runner });
try {
  if (argv['strict'] === true) await fleet.edit('# synchronous: strict', 'synchronous: strict');
  $.cwd = folder;
  $.stdio = ['ignore', 'pipe', 'inherit'];
  $.timeout = '43200s';
  for (const words of [['up'], ['bootstrap', '--sandbox'], ['deploy', '--sandbox']]) {
    await $`${launcher} ${words[0]} ${environment} ${words.slice(1)}`;
  }
  const options = ['runs', 'seed', 'faults', 'roles', 'most'].flatMap((key) =>
    argv[key] === undefined ? [] : [`--${key}`, String(argv[key])],
  );
  const more = [
    ...options,
    ...(argv['by-command'] === true ? ['--by-command'] : []),
    ...(what === 'failover' ? ['--out', out] : []),
  ];
  const result = await $({
    nothrow: true,
  })`${launcher} drill ${what} ${environment} ${String(argv['service'] ?? 'database')} ${more}`;
  console.log(result.stdout);
  mkdirSync(out, { recursive: true });
  if (what === 'switchover') writeFileSync(join(out, 'switchover.txt'), result.stdout);
  process.exitCode = result.exitCode ?? 1;
} finally {
  await fleet.remove();
  await reaper.dismiss();
}
