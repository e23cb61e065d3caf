import { finding } from '@flotilla/model';

import { addressKey } from '../networks.ts';
import type { EnvironmentRule } from './rule.ts';

/** Every server has an address of its own, however it is spelled. */
export const duplicateAddresses: EnvironmentRule = {
  name: 'duplicate-addresses',
  check: ({ environment, sources }) => {
    const owners = new Map<string, string>();
    return Object.entries(environment.servers).flatMap(([server, { host }]) => {
      const key = addressKey(host);
      const other = owners.get(key);
      if (other === undefined) {
        owners.set(key, server);
        return [];
      }
      return [
        finding('VALIDATE_DUPLICATE_ADDRESS', { server, other, host }, sources.valueAt(['servers', server, 'host'])),
      ];
    });
  },
};
