import { rm } from 'node:fs/promises';

import type { Clock, CommandRunner } from '@flotilla/exec';

import { docker, dockerLines } from './docker.ts';
import { SANDBOX_LABEL } from './names.ts';
import type { SandboxEvent } from './sandbox.ts';
import { inStep } from './sandbox.ts';

/** Which sandbox goes. */
export type DownOptions = {
  /** Name of the environment. */
  readonly environment: string;
  readonly stateFolder: string;
  /** Images on this machine that go with it; none when absent. */
  readonly images?: readonly string[];
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly events: (event: SandboxEvent) => void;
};

/**
 * Removes every trace of a sandbox: containers, their volumes, networks, the state folder. Finds them by label, so it also works
 * after half an `upSandbox`, without the state folder, and when nothing is left. Throws SANDBOX_DOCKER_FAILED.
 */
export async function downSandbox(options: DownOptions): Promise<void> {
  await inStep(options, 'remove', async () => {
    const { runner, environment, stateFolder, images = [] } = options;
    await removeByLabel(runner, environment);
    if (images.length > 0) await docker(runner, ['rmi', '--force', ...images]);
    await rm(stateFolder, { recursive: true, force: true });
  });
}

async function removeByLabel(runner: CommandRunner, environment: string): Promise<void> {
  const filter = `label=${SANDBOX_LABEL}=${environment}`;
  const containers = await dockerLines(runner, ['ps', '-aq', '--filter', filter]);
  if (containers.length > 0) await docker(runner, ['rm', '-fv', ...containers], 120_000);
  const volumes = await dockerLines(runner, ['volume', 'ls', '-q', '--filter', filter]);
  if (volumes.length > 0) await docker(runner, ['volume', 'rm', '-f', ...volumes]);
  const networks = await dockerLines(runner, ['network', 'ls', '-q', '--filter', filter]);
  if (networks.length > 0) await docker(runner, ['network', 'rm', ...networks]);
}
