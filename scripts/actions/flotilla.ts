import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endGroup, startGroup, summary } from '@actions/core';
import { getExecOutput } from '@actions/exec';

/** Absolute folder of the repository. */
export const root = join(import.meta.dirname, '..', '..');
const onGitHub = process.env['GITHUB_ACTIONS'] === 'true';

/** How a call of the CLI ended; its talk has been shown while it ran. */
export type Outcome = { readonly exitCode: number; readonly stdout: string };

/** Runs one command of the CLI, folded into a group of the log on GitHub. Never throws for a command that fails. */
export async function flotilla(...args: readonly string[]): Promise<Outcome> {
  if (onGitHub) startGroup(`flotilla ${args.join(' ')}`);
  const options = { cwd: root, ignoreReturnCode: true, silent: false };
  const { exitCode, stdout } = await getExecOutput(join(root, 'scripts', 'flotilla'), [...args], options);
  if (onGitHub) endGroup();
  return { exitCode, stdout };
}

/**
 * Runs `work` with the key of FLOTILLA_SSH_KEY in a file that only this user reads and that is gone afterwards. A person with a
 * key file of their own has no such variable, and nothing is written.
 */
export async function withSshKey<T>(work: () => Promise<T>): Promise<T> {
  const key = process.env['FLOTILLA_SSH_KEY'] ?? '';
  delete process.env['FLOTILLA_SSH_KEY'];
  if (key === '') return work();
  const folder = await mkdtemp(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'flotilla-'));
  try {
    const file = join(folder, 'key');
    await writeFile(file, `${key.trim()}\n`, { mode: 0o600 });
    process.env['FLOTILLA_SSH_KEY_FILE'] = file;
    return await work();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Shows a text on the page of the run; nothing where there is no such page. */
export async function summarize(title: string, text: string): Promise<void> {
  if (process.env['GITHUB_STEP_SUMMARY'] === undefined) return;
  await summary.addHeading(title, 2).addRaw(text, true).write();
}

/** Gives `--name value` when there is a value. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`--${name}`, value];
}
