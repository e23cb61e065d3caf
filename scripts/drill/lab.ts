import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import { DATABASE_KINDS } from '@flotilla/model';
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
  try {
    const service = databaseOf((await shell`${launcher} list --json`).stdout, environment);
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

/** Gives the name of the only database, from what `flotilla list --json` answers. */
function databaseOf(answer: string, environment: string): string {
  // What the command documents as its answer.
  const { environments } = JSON.parse(answer) as Listed;
  const services = environments.find(({ name }) => name === environment)?.services ?? [];
  const found = services.find(({ kind }) => DATABASE_KINDS.some((known) => known === kind));
  if (found === undefined) throw new Error(`${environment} has no database`);
  return found.name;
}

type Listed = {
  readonly environments: readonly {
    readonly name: string;
    readonly services: readonly { readonly name: string; readonly kind: string }[];
  }[];
};
