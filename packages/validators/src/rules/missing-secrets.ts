import type { Position } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { TreeInput, TreeRule } from './rule.ts';
import { entryOf } from './rule.ts';
import { secretsFile } from './secrets-file.ts';
import { unitPosition } from './unit-position.ts';

const LOSS = 'its deploy would stop before anything changes';

/** Every secret that a unit needs has an entry in the secrets file. Each missing one is said once per service; a sandbox makes its own. */
export const missingSecrets: TreeRule = {
  name: 'missing-secrets',
  check: (input) => {
    const { environment, sources, secretHashes } = input;
    if (secretHashes === undefined || environment.sandbox) return [];
    const file = secretsFile(sources);
    const missing = needsOf(input).filter(({ secret }) => entryOf(secretHashes, secret) === undefined);
    const isDeclared = ({ service }: Need) => entryOf(environment.services, service) !== undefined;
    const said = new Set(missing.filter(isDeclared).map(({ secret }) => secret));
    // A guard or a pooler needs what its database needs, and has no place in the file.
    const worthSaying = missing.filter((need) => isDeclared(need) || !said.has(need.secret));
    return worthSaying.map(({ service, secret }) =>
      finding(
        'VALIDATE_SECRET_MISSING',
        { secret, owner: service, file, loss: LOSS },
        secretPosition(input, service, secret),
      ),
    );
  },
};

type Need = { readonly service: string; readonly secret: string };

/** Gives what the units need of the secrets file, each once per service. */
function needsOf({ tree }: TreeInput): readonly Need[] {
  const needs = tree.servers.flatMap(({ units }) =>
    units.flatMap(({ service, secretEnv, secretFiles }) =>
      [...secretEnv.map((use) => use.secret), ...secretFiles].map((secret): Need => ({ service, secret })),
    ),
  );
  return [...new Map(needs.map((need) => [JSON.stringify([need.service, need.secret]), need])).values()];
}

function secretPosition(input: TreeInput, service: string, secret: string): Position {
  const index = entryOf(input.environment.services, service)?.secrets.indexOf(secret) ?? -1;
  if (index === -1) return unitPosition(input, service);
  return input.sources.valueAt(['services', service, 'secrets', index]);
}
