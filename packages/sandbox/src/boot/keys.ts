import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { CommandRunner } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { stateFiles } from './names.ts';

/** A server whose host key is wanted. */
export type KeyedServer = { readonly name: string; readonly address: string; readonly sshPort: number };

/** Where a server's host key stands inside its staged files. */
const HOST_KEY_PATH = 'etc/ssh/ssh_host_ed25519_key';

/**
 * Makes the sandbox's key (0600) unless it is there, and gives its public half. Throws SANDBOX_KEYS_FAILED.
 */
export async function ensureIdentity(runner: CommandRunner, stateFolder: string): Promise<string> {
  return ensureKey(runner, stateFiles.identity(stateFolder), 'flotilla-sandbox');
}

/**
 * Makes the host keys that are missing, and writes `known_hosts` for all `servers`, so that a client that knows nobody else
 * can insist on the right key from the first connection. Throws SANDBOX_KEYS_FAILED.
 */
export async function ensureHostKeys(
  runner: CommandRunner,
  stateFolder: string,
  servers: readonly KeyedServer[],
): Promise<void> {
  const lines = await Promise.all(
    servers.map(async ({ name, address, sshPort }) => {
      const file = join(stateFiles.serverFiles(stateFolder, name), HOST_KEY_PATH);
      const publicKey = await ensureKey(runner, file, name);
      const host = sshPort === 22 ? address : `[${address}]:${sshPort}`;
      return `${host} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`;
    }),
  );
  await writeFile(stateFiles.knownHosts(stateFolder), lines.join(''));
}

async function ensureKey(runner: CommandRunner, file: string, comment: string): Promise<string> {
  const existing = await readFile(`${file}.pub`, 'utf8').catch(() => undefined);
  if (existing !== undefined) return existing.trim();
  await mkdir(dirname(file), { recursive: true });
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file] as const;
  // Answers "overwrite?" for a private key whose public half a broken run did not write.
  const result = await runner.run({ argv, stdin: 'y\n', timeoutMs: 20_000 });
  if (result.exitCode !== 0) throw new FlotillaError('SANDBOX_KEYS_FAILED', { detail: result.stderr.trim() });
  await chmod(file, 0o600);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}
