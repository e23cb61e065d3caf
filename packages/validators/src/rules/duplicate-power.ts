import type { Power } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { addressKey } from '../networks.ts';
import type { EnvironmentRule } from './rule.ts';

/** No two servers have the same power: what cuts the one would cut the other. */
export const duplicatePower: EnvironmentRule = {
  name: 'duplicate-power',
  check: ({ environment, sources }) => {
    const owners = new Map<string, string>();
    return Object.entries(environment.servers).flatMap(([server, { power }]) => {
      if (power === undefined) return [];
      const key = powerKey(power);
      const other = owners.get(key);
      if (other === undefined) {
        owners.set(key, server);
        return [];
      }
      const field = powerField(power);
      const facts = { server, other, field };
      return [finding('VALIDATE_DUPLICATE_POWER', facts, sources.valueAt(['servers', server, 'power', field]))];
    });
  },
};

/** A guest is the one of its number on its host, however that host's address is spelled. */
function powerKey(power: Power): string {
  if ('off' in power) return JSON.stringify(power.off);
  if ('redfish' in power) return `redfish ${power.redfish.address.toLowerCase()} ${power.redfish.system}`;
  if ('ipmi' in power) return `ipmi ${addressKey(power.ipmi.address)}`;
  return `${power.qm} ${power.via === undefined ? '' : addressKey(power.via)}`;
}

function powerField(power: Power): 'qm' | 'off' | 'redfish' | 'ipmi' {
  return (['qm', 'redfish', 'ipmi'] as const).find((field) => field in power) ?? 'off';
}
