import type { Finding, Service } from '@flotilla/model';
import { finding, isDatabase } from '@flotilla/model';

import type { Network } from '../networks.ts';
import { contains, parseNetwork } from '../networks.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** RFC 1918, RFC 6598, loopback, link-local and unique local addresses: none is routed on the internet. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
].flatMap((text) => parseNetwork(text) ?? []);

/** The widest public network that can still be one site's own. */
const NARROW = { 4: 24, 6: 48 } as const;

/** No database is open to the world, nor to a public network wider than one site's. */
export const databaseExposure: EnvironmentRule = {
  name: 'database-exposure',
  check: (input) =>
    servicesOf(input.environment).flatMap(([name, service]) =>
      isDatabase(service) ? [...publicPorts(input, name, service), ...openPorts(input, name, service)] : [],
    ),
};

function publicPorts({ sources }: EnvironmentInput, service: string, definition: Service): readonly Finding[] {
  return definition.public.map((port, index) =>
    finding(
      'VALIDATE_DATA_PUBLIC',
      { service, port, network: 'the internet' },
      sources.valueAt(['services', service, 'public', index]),
    ),
  );
}

function openPorts({ sources }: EnvironmentInput, service: string, definition: Service): readonly Finding[] {
  return Object.entries(definition.open).flatMap(([port, { from }]) =>
    from.flatMap((network, index) => {
      const parsed = parseNetwork(network);
      if (parsed === undefined || !isWide(parsed)) return [];
      const at = sources.valueAt(['services', service, 'open', port, 'from', index]);
      return [finding('VALIDATE_DATA_PUBLIC', { service, port: Number(port), network }, at)];
    }),
  );
}

function isWide(network: Network): boolean {
  return network.prefix < NARROW[network.family] && !PRIVATE.some((own) => contains(own, network));
}
