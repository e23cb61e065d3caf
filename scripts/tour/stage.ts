import { join } from 'node:path';

import { spawnRunner, systemClock } from '@flotilla/exec';
import { makeFleetRepository } from '@flotilla/sandbox';
import type { FleetRepository, Sandbox } from '@flotilla/sandbox';
import { $, chalk } from 'zx';

/** The repository that holds this script. */
const home = join(import.meta.dirname, '..', '..');

export const runner = spawnRunner();
export const clock = systemClock();

/** What every act of the tour works with. */
export type Stage = {
  readonly repository: FleetRepository;
  /** Runs a command of the CLI before the audience: its talk is seen as it comes, what it prints is given back. */
  readonly perform: (...words: readonly string[]) => Promise<string>;
  readonly sandbox: () => Promise<Sandbox>;
};

/** Makes the repository of a team, with waybill in it. */
export async function openStage(): Promise<Stage> {
  const repository = await makeFleetRepository({
    root: join(home, '.flotilla', 'tour'),
    template: join(home, 'environments', 'waybill'),
    environment: 'tour',
    launcher: join(home, 'scripts', 'flotilla'),
    runner,
  });
  return { repository, perform: (...words) => perform(repository, words), sandbox: () => repository.sandbox() };
}

async function perform(repository: FleetRepository, words: readonly string[]): Promise<string> {
  say(chalk.bold(`$ scripts/flotilla ${words.join(' ')}`));
  const command = $({ cwd: repository.root, stdio: ['ignore', 'pipe', 'inherit'], quiet: true, nothrow: true });
  const { exitCode, stdout } = await command`${join(home, 'scripts', 'flotilla')} ${words}`;
  if (exitCode !== 0)
    throw new Error(`scripts/flotilla ${words.join(' ')} ended with exit code ${exitCode}\n${stdout}`);
  return stdout.trimEnd();
}

const startedMs = clock.now();

/** Announces an act, with the time since the beginning. */
export function announce(title: string): void {
  const seconds = ((clock.now() - startedMs) / 1000).toFixed(0);
  say(`\n${chalk.cyan.bold(`━━ ${title}`)} ${chalk.dim(`(${seconds} s)`)}`);
}

/** Prints one line for the audience. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a figure beside what it should be. */
export function figure(name: string, value: string, target: string): void {
  say(`  ${name.padEnd(46)} ${chalk.green(value.padStart(12))}   ${chalk.dim(target)}`);
}
