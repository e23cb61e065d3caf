import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '@flotilla/exec';
import type { CommandResult, CommandRunner } from '@flotilla/exec';
import { databaseSecrets } from '@flotilla/model';

import { downSandbox } from '../boot/down.ts';
import { openSandbox } from '../boot/open.ts';
import { stateFiles } from '../boot/names.ts';
import type { Sandbox } from '../boot/sandbox.ts';
import { readSecrets } from '../boot/secrets.ts';
import type { PostgresTarget } from '../oracle/target.ts';

/** A team's own repository with one environment, tried out in a sandbox by the commands that a person would type. */
export type FleetRepository = {
  readonly root: string;
  readonly environment: string;
  /** Runs one command of the CLI in the repository. */
  flotilla(...words: readonly string[]): Promise<CommandResult>;
  /** Replaces a text in the environment's file everywhere. Throws when it is not there. */
  edit(from: string, to: string): Promise<void>;
  /** Writes the environment's file anew, but for its name. */
  rewrite(text: string): Promise<void>;
  /** Gives the sandbox that `up` booted. */
  sandbox(): Promise<Sandbox>;
  /** Gives a database of a postgres service at an end of a tunnel, as its owner. */
  database(end: Pick<PostgresTarget, 'host' | 'port'>, service: string, name: string): Promise<PostgresTarget>;
  /** Takes the sandbox down and removes the repository. May be repeated. */
  remove(): Promise<void>;
};

export type FleetRepositoryOptions = {
  /** Absolute folder to make it in; what stands there is removed. */
  readonly root: string;
  /** Folder of the environment that is copied. */
  readonly template: string;
  /** Name of the copy, so that several can be up at once. */
  readonly environment: string;
  /** The launcher of the CLI, absolute. */
  readonly launcher: string;
  readonly runner: CommandRunner;
};

const COMMAND_TIMEOUT_MS = 10 * 60_000;

/** Makes a Git repository with a copy of an environment under its own name, committed. */
export async function makeFleetRepository(options: FleetRepositoryOptions): Promise<FleetRepository> {
  const { root, template, environment, launcher, runner } = options;
  const folder = join(root, 'environments', environment);
  const stateFolder = join(root, '.flotilla', 'sandbox', environment);
  await rm(root, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(template, folder, { recursive: true });
  const edit: FleetRepository['edit'] = (from, to) => replaceIn(join(folder, 'environment.yaml'), from, to);
  const rewrite: FleetRepository['rewrite'] = async (text) => {
    await writeFile(join(folder, 'environment.yaml'), `environment: ${environment}\n${text}`);
  };
  await rename(join(folder, 'environment.yaml'), environment);
  await bringBase({ template, folder });
  await writeFile(join(root, '.gitignore'), '.flotilla/\n');
  await commitAll(runner, root);
  const flotilla: FleetRepository['flotilla'] = (...words) =>
    runner.run({ argv: [launcher, ...words], cwd: root, timeoutMs: COMMAND_TIMEOUT_MS });
  return {
    root,
    environment,
    flotilla,
    edit,
    rewrite,
    sandbox: () => openSandbox({ environment, stateFolder, runner }),
    database: async ({ host, port }, service, name) => {
      const secrets = await readSecrets(stateFiles.secrets(stateFolder));
      const password = secrets.get(databaseSecrets.owner(service, name)) ?? '';
      return { kind: 'postgres', host, port, database: name, user: name, password };
    },
    remove: async () => {
      // Not by the command, which reads the environment: a test may have left it unreadable.
      await downSandbox({ environment, stateFolder, runner, clock: systemClock(), events: () => undefined });
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function rename(file: string, environment: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^environment: .*$/m, `environment: ${environment}`));
}

/** A copy stands alone: what its template extends comes along. */
async function bringBase({ template, folder }: { readonly template: string; readonly folder: string }): Promise<void> {
  const file = join(folder, 'environment.yaml');
  const text = await readFile(file, 'utf8');
  const base = /^extends: (\S+)$/m.exec(text)?.[1];
  if (base === undefined) return;
  await cp(join(template, base, 'environment.yaml'), join(folder, 'base.yaml'));
  await writeFile(file, text.replace(`extends: ${base}`, 'extends: base.yaml'));
}

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(file, text.replaceAll(from, to));
}

async function commitAll(runner: CommandRunner, root: string): Promise<void> {
  const author = ['-c', 'user.name=flotilla', '-c', 'user.email=flotilla@example.org'];
  for (const words of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    [...author, 'commit', '--quiet', '-m', 'The fleet'],
  ]) {
    const result = await runner.run({ argv: ['git', ...words], cwd: root, timeoutMs: 30_000 });
    if (result.exitCode !== 0) throw new Error(`git ${words.join(' ')}: ${result.stderr}`);
  }
}
