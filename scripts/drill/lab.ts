import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import { makeFleetRepository, startReaper } from '@flotilla/sandbox';
import { $ } from 'zx';

const root = join(import.meta.dirname, '..', '..');
const launcher = join(root, 'scripts', 'flotilla');

/** Where the records of a series are kept: a test judges all below it again. */
export const RECORDS = join(root, 'packages', 'sandbox', 'drills');

/** A copy of a lab that stands, deployed. */
export type Lab = {
  /** Runs `flotilla drill <what>` on its database and gives what it wrote and how it ended. */
  drill(what: string, words: readonly string[]): Promise<{ readonly stdout: string; readonly exitCode: number }>;
};

/** Boots and deploys a copy of a lab for as long as `use` takes, and takes it down however that ends. */
export async function withLab<T>(lab: string, use: (lab: Lab) => Promise<T>): Promise<T> {
  const environment = `drill-${lab}`;
  const folder = join(root, '.flotilla', 'drill', lab);
  const runner = spawnRunner();
  const reaper = startReaper(runner, { environment, folder });
  const template = join(root, 'environments', 'lab', lab);
  const fleet = await makeFleetRepository({ root: folder, template, environment, launcher, runner });
  const shell = $({ cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: '43200s' });
  // A name of its own tells its purpose better than "database" does.
  const service = lab === 'redis' ? 'store' : 'database';
  try {
    for (const words of [['up'], ['bootstrap', '--sandbox'], ['deploy', '--sandbox']]) {
      await shell`${launcher} ${words[0]} ${environment} ${words.slice(1)}`;
    }
    return await use({
      drill: async (what, words) => {
        const result = await shell({ nothrow: true })`${launcher} drill ${what} ${environment} ${service} ${words}`;
        return { stdout: result.stdout, exitCode: result.exitCode ?? 1 };
      },
    });
  } finally {
    await fleet.remove();
    await reaper.dismiss();
  }
}
