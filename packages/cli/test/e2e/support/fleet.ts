import { join } from 'node:path';

import { printable, spawnRunner } from '@flotilla/exec';
import type { CommandResult, CommandRunner } from '@flotilla/exec';
import { makeFleetRepository, startReaper } from '@flotilla/sandbox';
import type { FleetRepository, Sandbox } from '@flotilla/sandbox';

import { WAYBILL } from './data-access.ts';
import type { DataAccess } from './data-access.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..', '..');
const LAUNCHER = join(REPOSITORY, 'scripts', 'flotilla');

/** A deployed fleet of a test: an environment of this repository under a name of its own, in a sandbox of its own. */
export type TestFleet = {
  readonly repository: FleetRepository;
  readonly runner: CommandRunner;
  readonly sandbox: Sandbox;
  /** The database that a scenario breaks, and where its clients stand. */
  readonly data: DataAccess;
  /** Absolute path of the CLI's launcher. */
  readonly launcher: string;
  /** Runs one command of the CLI, which must end with `exitCode`; otherwise throws with all that it said. */
  expect(exitCode: number, ...words: readonly string[]): Promise<CommandResult>;
  /** Removes every trace. May be repeated. */
  close(): Promise<void>;
};

/** What a fleet differs in from its template. */
export type FleetOptions = {
  /** The waybill's own database when absent. */
  readonly data?: DataAccess;
  /** Texts of the environment's file that are replaced before it is deployed. */
  readonly edits?: readonly (readonly [from: string, to: string])[];
  /** Text of the environment's file instead of the template's, but for its name. */
  readonly text?: string;
  /** Whether it is deployed, which it is when absent. */
  readonly isDeployed?: boolean;
};

/**
 * Boots, bootstraps and deploys a copy of `template` named `environment`, after removing what an earlier run of it left. When it fails, or when this
 * process ends without `close`, nothing is left behind.
 * @example beforeAll(async () => { fleet = await openFleet('deploytest'); }); afterAll(() => fleet?.close());
 */
export async function openFleet(
  environment: string,
  template = 'waybill',
  { data = WAYBILL, edits = [], text, isDeployed = true }: FleetOptions = {},
): Promise<TestFleet> {
  const runner = spawnRunner();
  const root = join(REPOSITORY, '.flotilla', 'e2e', environment);
  const reaper = startReaper(runner, { environment, folder: root });
  const repository = await makeFleetRepository({
    root,
    template: join(REPOSITORY, 'environments', template),
    environment,
    launcher: LAUNCHER,
    runner,
  });
  const expect: TestFleet['expect'] = async (exitCode, ...words) =>
    demandExit(await repository.flotilla(...words), { exitCode, words });
  const close = async () => {
    await repository.remove();
    await reaper.dismiss();
  };
  try {
    if (text !== undefined) await repository.rewrite(text);
    for (const [from, to] of edits) await repository.edit(from, to);
    await expect(0, 'down', environment);
    await expect(0, 'up', environment);
    await expect(0, 'bootstrap', environment, '--sandbox');
    if (isDeployed) await expect(0, 'deploy', environment, '--sandbox');
    const sandbox = await repository.sandbox();
    return { repository, runner, sandbox, data, launcher: LAUNCHER, expect, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Gives the result when it ended as expected; otherwise throws with all that the command said. */
function demandExit(
  result: CommandResult,
  { exitCode, words }: { readonly exitCode: number; readonly words: readonly string[] },
): CommandResult {
  if (result.exitCode === exitCode) return result;
  const ending = result.timedOut ? 'did not end in time' : `ended with ${result.exitCode} instead of ${exitCode}`;
  throw new Error(`flotilla ${words.join(' ')} ${ending}:\n${printable(`${result.stdout}\n${result.stderr}`)}`);
}
