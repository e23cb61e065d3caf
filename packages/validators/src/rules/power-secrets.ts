import type { Power } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { TreeRule } from './rule.ts';
import { entryOf } from './rule.ts';
import { secretsFile } from './secrets-file.ts';

const LOSS = 'a failover could not cut it';

/** The password of every management board has an entry in the secrets file: no unit needs it, a failover does. A sandbox has boards of its own. */
export const powerSecrets: TreeRule = {
  name: 'power-secrets',
  check: ({ environment, sources, secretHashes }) => {
    if (secretHashes === undefined || environment.sandbox) return [];
    const file = secretsFile(sources);
    return Object.entries(environment.servers).flatMap(([server, { power }]) => {
      const board = power === undefined ? undefined : boardOf(power);
      if (board === undefined || entryOf(secretHashes, board.secret) !== undefined) return [];
      const at = sources.valueAt(['servers', server, 'power', board.field, 'password']);
      const facts = { secrets: [board.secret], owners: [`the power of ${server}`], file, loss: LOSS };
      return [finding('VALIDATE_SECRET_MISSING', facts, at)];
    });
  },
};

type Board = { readonly field: 'redfish' | 'ipmi'; readonly secret: string };

/** Gives the secret that a management board is asked with; `undefined` where the power is cut without one. */
function boardOf(power: Power): Board | undefined {
  if ('redfish' in power) return { field: 'redfish', secret: power.redfish.password };
  return 'ipmi' in power ? { field: 'ipmi', secret: power.ipmi.password } : undefined;
}
