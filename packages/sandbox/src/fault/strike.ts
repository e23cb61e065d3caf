import type { Clock, CommandRunner } from '@flotilla/exec';
import { printable } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { ContainerState } from '../boot/docker.ts';
import { awaitServer } from '../boot/servers.ts';
import type { Fault } from './fault.ts';
import { formatFault } from './fault.ts';

/** Which sandbox a fault strikes. */
export type FaultOptions = {
  readonly environment: string;
  readonly runner: CommandRunner;
  readonly clock: Clock;
};

/** A fault about to be caused, and the servers as they were when it was asked for. */
export type Strike<F extends Fault = Fault> = {
  readonly options: FaultOptions;
  readonly servers: readonly ContainerState[];
  readonly fault: F;
};

/** Gives the container of a server. Throws SANDBOX_UNKNOWN_TARGET. */
export function findServer({ servers }: Strike, name: string): ContainerState {
  const found = servers.find(({ server }) => server === name);
  if (found !== undefined) return found;
  throw new FlotillaError('SANDBOX_UNKNOWN_TARGET', {
    target: `server ${name}`,
    known: servers.map(({ server }) => server),
  });
}

/** Runs a command of the engine that carries the sandbox. Throws SANDBOX_FAULT_FAILED. */
export async function engine({ options, fault }: Strike, args: readonly string[]): Promise<void> {
  const result = await options.runner.run({ argv: ['docker', ...args], timeoutMs: 90_000 });
  if (result.exitCode !== 0) fail(fault, result.stderr);
}

/** Runs a shell script in a server with `words` as $1, $2 … and gives its exit code when it is `expected`. Throws SANDBOX_FAULT_FAILED. */
export async function inServer(
  strike: Strike,
  {
    container,
    script,
    words,
  }: { readonly container: string; readonly script: string; readonly words: readonly string[] },
  expected: readonly number[] = [],
): Promise<number> {
  const argv = ['docker', 'exec', container, 'sh', '-c', script, 'fault', ...words] as const;
  const result = await strike.options.runner.run({ argv, timeoutMs: 120_000 });
  if (result.exitCode !== 0 && !expected.includes(result.exitCode)) fail(strike.fault, result.stderr);
  return result.exitCode;
}

/** Waits for SSH and the engine of a server that was started. Throws SANDBOX_BOOT_FAILED. */
export async function awaitUp(options: FaultOptions, container: ContainerState): Promise<void> {
  const { server, address, sshPort, isConnected } = container;
  // Without its cable it boots all the same, but nobody can see it.
  if (!isConnected) return;
  await awaitServer(options, { name: server, address, sshPort });
}

function fail(fault: Fault, stderr: string): never {
  throw new FlotillaError('SANDBOX_FAULT_FAILED', { fault: formatFault(fault), stderr: printable(stderr.trim()) });
}
