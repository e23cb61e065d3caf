import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { openSshFleet } from '@flotilla/exec';
import type { SshFleet } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { Environment } from '@flotilla/model';

import type { Context } from '../command.ts';
import type { DeclaredFleet } from '../load-fleet.ts';

/** Options of every command that speaks to servers. */
export const connectionOptions = { identity: { type: 'string', short: 'i' } } as const;

/** What a call says of the way to the servers. */
export type ConnectionChoice = {
  /** Private key file; wins over the sandbox's own key and over FLOTILLA_SSH_KEY_FILE. */
  readonly identity: string | undefined;
  /** Account to log in as instead of the declared one: the first contact of `bootstrap`. */
  readonly user?: string;
};

/** The keys by which an environment's servers are reached. */
export type Keys = { readonly identityFile: string; readonly knownHostsFile: string };

/** Gives the folder of an environment's file, absolute. */
export function fleetFolder(fleet: Pick<DeclaredFleet, 'files'>, { root }: Pick<Context, 'root'>): string {
  return join(root, dirname(fleet.files[0] ?? ''));
}

/**
 * Gives the key files of an environment: those of its sandbox, or the caller's key and the known hosts that stand beside the
 * environment. Throws CLI_NO_IDENTITY and CLI_NO_KNOWN_HOSTS.
 */
export function keysOf(fleet: DeclaredFleet, choice: Pick<ConnectionChoice, 'identity'>, context: Context): Keys {
  const folder = fleetFolder(fleet, context);
  const home = context.variables['HOME'] ?? '';
  const fallback = fleet.environment.sandbox ? join(folder, 'id_ed25519') : join(home, '.ssh', 'id_ed25519');
  const identityFile = choice.identity ?? context.variables['FLOTILLA_SSH_KEY_FILE'] ?? fallback;
  const knownHostsFile = join(folder, 'known_hosts');
  const environment = fleet.environment.environment;
  if (!existsSync(identityFile)) throw new FlotillaError('CLI_NO_IDENTITY', { environment, path: identityFile });
  return { identityFile, knownHostsFile };
}

/**
 * Opens the fleet, runs `work`, and closes every connection. Throws CLI_NO_IDENTITY, and CLI_NO_KNOWN_HOSTS when no host key
 * of the environment is pinned.
 * @example await withServers(fleet, { identity: values.identity }, context, async (servers) => …)
 */
export async function withServers<T>(
  {
    fleet,
    choice,
    context,
  }: { readonly fleet: DeclaredFleet; readonly choice: ConnectionChoice; readonly context: Context },
  work: (servers: SshFleet) => Promise<T>,
): Promise<T> {
  const keys = keysOf(fleet, choice, context);
  if (!existsSync(keys.knownHostsFile)) {
    const environment = fleet.environment.environment;
    throw new FlotillaError('CLI_NO_KNOWN_HOSTS', { environment, path: keys.knownHostsFile });
  }
  const environment = choice.user === undefined ? fleet.environment : asUser(fleet.environment, choice.user);
  const servers = openSshFleet({ environment, runner: context.runner, ...keys });
  try {
    return await work(servers);
  } finally {
    await servers.close();
  }
}

function asUser(environment: Environment, user: string): Environment {
  const servers = Object.entries(environment.servers).map(
    ([name, server]) => [name, { ...server, ssh: { ...server.ssh, user } }] as const,
  );
  return { ...environment, servers: Object.fromEntries(servers) };
}
