import type { CommandRunner } from '@flotilla/exec';
import { printable } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { ADDRESS_LABEL, networkName, SANDBOX_LABEL, SERVER_LABEL, SSH_PORT_LABEL } from './names.ts';

/**
 * Runs one command of the engine on this machine and gives its trimmed output.
 * Throws SANDBOX_DOCKER_FAILED when the engine refuses it or does not answer in time.
 */
export async function docker(
  runner: CommandRunner,
  args: readonly [string, ...string[]],
  timeoutMs = 60_000,
): Promise<string> {
  const result = await runner.run({ argv: ['docker', ...args], timeoutMs });
  if (result.exitCode === 0) return result.stdout.trim();
  const stderr = result.timedOut ? `no answer within ${timeoutMs} ms` : printable(result.stderr.trim());
  throw new FlotillaError('SANDBOX_DOCKER_FAILED', { action: `docker ${args.slice(0, 2).join(' ')}`, stderr });
}

/** Gives the lines of an engine command's output, without empty ones. Throws as `docker` does. */
export async function dockerLines(runner: CommandRunner, args: readonly [string, ...string[]]): Promise<string[]> {
  return (await docker(runner, args)).split('\n').filter((line) => line !== '');
}

/** A container of a sandbox as the engine sees it. */
export type ContainerState = {
  readonly id: string;
  readonly name: string;
  /** Empty for the registry. */
  readonly server: string;
  readonly address: string;
  readonly sshPort: number;
  /** The engine's word: `created`, `running`, `paused`, `exited` … */
  readonly status: string;
  /** Whether it is in the sandbox's network. */
  readonly isConnected: boolean;
};

/** Gives the containers of one environment's sandbox, running or not, sorted by name. */
export async function sandboxContainers(runner: CommandRunner, environment: string): Promise<ContainerState[]> {
  const labels = [SERVER_LABEL, ADDRESS_LABEL, SSH_PORT_LABEL].map((label) => `{{.Label "${label}"}}`);
  const format = ['{{.ID}}', '{{.Names}}', ...labels, '{{.State}}', '{{.Networks}}'].join('\t');
  const filter = `label=${SANDBOX_LABEL}=${environment}`;
  const lines = await dockerLines(runner, ['ps', '-a', '--no-trunc', '--filter', filter, '--format', format]);
  return lines
    .map((line) => {
      const [id = '', name = '', server = '', address = '', sshPort = '', status = '', networks = ''] =
        line.split('\t');
      const isConnected = networks.split(',').includes(networkName(environment));
      return { id, name, server, address, sshPort: Number(sshPort), status, isConnected };
    })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}
