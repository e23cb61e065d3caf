import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Secret } from '@flotilla/exec';
import type { SecretStore } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { readSecrets } from '@flotilla/sandbox';

import type { Context } from '../command.ts';
import { SECRETS_FILE } from '../load-fleet.ts';
import type { DeclaredFleet } from '../load-fleet.ts';
import { fleetFolder } from './connect.ts';

/**
 * Gives the secrets of a fleet: those that `flotilla up` made for its sandbox, or the SOPS file beside the environment, which
 * is opened when the first one is read, with the age key found by SOPS's own rules (SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, …).
 * Reading throws CLI_NO_SECRETS and CLI_NO_SECRET.
 */
export function secretStore(fleet: DeclaredFleet, context: Context): SecretStore {
  const folder = fleetFolder(fleet, context);
  const path = join(folder, fleet.environment.sandbox ? 'secrets.json' : SECRETS_FILE);
  let opened: Promise<ReadonlyMap<string, string>> | undefined;
  return {
    read: async (name) => {
      opened ??= fleet.environment.sandbox ? readSecrets(path) : openSops(path, fleet);
      const value = (await opened).get(name);
      if (value === undefined) throw new FlotillaError('CLI_NO_SECRET', { name, path });
      return new Secret(value);
    },
  };
}

async function openSops(path: string, fleet: DeclaredFleet): Promise<ReadonlyMap<string, string>> {
  const environment = fleet.environment.environment;
  if (!existsSync(path))
    throw new FlotillaError('CLI_NO_SECRETS', { environment, path, detail: 'there is no such file' });
  const { decryptSops } = await import('sops-age');
  try {
    const values: unknown = await decryptSops({ path, fileType: 'yaml' });
    if (typeof values !== 'object' || values === null) throw new TypeError('it holds no entries');
    return new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    // The library throws plain errors only; its words name keys and formats, never values.
    const detail = error instanceof Error ? error.message : String(error);
    throw new FlotillaError('CLI_NO_SECRETS', { environment, path, detail }, { cause: error });
  }
}
