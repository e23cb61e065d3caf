import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FlotillaError } from '@flotilla/model';
import type { Environment } from '@flotilla/model';

import type { Context } from '../command.ts';

type Pinning = {
  readonly environment: Environment;
  /** Names of the servers to pin. */
  readonly servers: readonly string[];
  /** Folder of the environment. */
  readonly folder: string;
  readonly context: Context;
};

/**
 * Fetches the host key of every server that has none in `known_hosts` yet, appends it there, and says it. A key that is already
 * pinned is never replaced. Throws CLI_NO_HOST_KEY; keys fetched by then stay pinned.
 */
export async function pinHostKeys({ environment, servers, folder, context }: Pinning): Promise<void> {
  const file = join(folder, 'known_hosts');
  for (const name of servers) {
    const server = environment.servers[name];
    if (server === undefined) throw new Error(`${name} was chosen from the environment`);
    const { host, ssh } = server;
    const entry = ssh.port === 22 ? host : `[${host}]:${ssh.port}`;
    if (isPinned(file, entry)) continue;
    const argv = ['ssh-keyscan', '-T', '5', '-t', 'ed25519', '-p', String(ssh.port), host] as const;
    const result = await context.runner.run({ argv, timeoutMs: 15_000, signal: context.signal });
    const line = result.stdout.split('\n').find((each) => each.startsWith(`${entry} `));
    if (line === undefined) throw new FlotillaError('CLI_NO_HOST_KEY', { server: name, host });
    appendFileSync(file, `${line}\n`);
    context.say(`${name}: pinned ${line}`);
  }
}

function isPinned(file: string, entry: string): boolean {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.some((line) => (line.split(' ')[0] ?? '').split(',').includes(entry));
}
