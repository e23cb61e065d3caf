import type { Position } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { TreeInput, TreeRule } from './rule.ts';
import { entryOf } from './rule.ts';
import { secretsFile } from './secrets-file.ts';
import { unitPosition } from './unit-position.ts';

/** Every secret that a unit needs has an entry in the secrets file. Each missing one is said once per service; a sandbox makes its own. */
export const missingSecrets: TreeRule = {
  name: 'missing-secrets',
  check: (input) => {
    const { tree, environment, sources, secretHashes } = input;
    if (secretHashes === undefined || environment.sandbox) return [];
    const file = secretsFile(sources);
    const seen = new Set<string>();
    return tree.servers.flatMap(({ units }) =>
      units.flatMap(({ service, secretEnv, secretFiles }) =>
        [...secretEnv.map((use) => use.secret), ...secretFiles].flatMap((secret) => {
          const key = JSON.stringify([service, secret]);
          if (seen.has(key) || entryOf(secretHashes, secret) !== undefined) return [];
          seen.add(key);
          const facts = { secret, service, file };
          return [finding('VALIDATE_SECRET_MISSING', facts, secretPosition(input, service, secret))];
        }),
      ),
    );
  },
};

function secretPosition(input: TreeInput, service: string, secret: string): Position {
  const index = entryOf(input.environment.services, service)?.secrets.indexOf(secret) ?? -1;
  if (index === -1) return unitPosition(input, service);
  return input.sources.valueAt(['services', service, 'secrets', index]);
}
