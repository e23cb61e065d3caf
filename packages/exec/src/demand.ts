import { FlotillaError } from '@flotilla/model';

import { printable } from './printable.ts';
import type { RemoteCommand, RemoteResult, RemoteServer } from './remote.ts';

/** A remote command and what it is for, in the words of an error: `uploading web`. */
export type DemandedCommand = RemoteCommand & { readonly action: string };

/**
 * Runs a command that must succeed and gives its result. Throws EXEC_UNREACHABLE, EXEC_TIMEOUT or EXEC_REMOTE_FAILED; after the
 * first two it is unknown whether the command ran.
 */
export async function demand(server: RemoteServer, { action, ...command }: DemandedCommand): Promise<RemoteResult> {
  const result = await server.run(command);
  if (result.unreachable) {
    throw new FlotillaError('EXEC_UNREACHABLE', {
      server: server.name,
      host: server.host,
      detail: lastLines(result.stderr),
    });
  }
  if (result.timedOut) {
    throw new FlotillaError('EXEC_TIMEOUT', { command: `${action} on ${server.name}`, timeoutMs: command.timeoutMs });
  }
  if (result.exitCode !== 0) {
    const { exitCode, stderr } = result;
    throw new FlotillaError('EXEC_REMOTE_FAILED', { server: server.name, action, exitCode, stderr: lastLines(stderr) });
  }
  return result;
}

/** Gives the last lines of untrusted output that are not empty, printable, at most ten. */
export function lastLines(text: string, count = 10): string {
  const lines = printable(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
