import type { Finding, ServerTree } from '@flotilla/model';
import { compareText, controlOf, finding, GUARD_PORT, GUARD_UNIT, isDatabase } from '@flotilla/model';

import { isSameAddress } from '../networks.ts';
import type { TreeInput, TreeRule } from './rule.ts';
import { entryOf } from './rule.ts';
import { portField, portPosition } from './unit-position.ts';

type Publication = { readonly service: string; readonly address: string; readonly port: number };

/** Each port of a server has one publisher; `0.0.0.0` meets every address. SSH and the guard keep theirs. */
export const portConflicts: TreeRule = {
  name: 'port-conflicts',
  check: (input) =>
    input.tree.servers.flatMap((tree) => {
      const published = publications(tree);
      return [...conflicts(input, tree.server, published), ...reserved(input, tree.server, published)];
    }),
};

function publications({ units }: ServerTree): readonly Publication[] {
  return units.flatMap(({ service, publishes }) => publishes.map(({ address, port }) => ({ service, address, port })));
}

function conflicts(input: TreeInput, server: string, published: readonly Publication[]): readonly Finding[] {
  return [...Map.groupBy(published, ({ port }) => port)].flatMap(([port, group]) => {
    const later = group.findLast((one, index) => group.slice(0, index).some((other) => meet(one, other)));
    if (later === undefined) return [];
    const meeting = group.filter((one) => one === later || meet(one, later));
    const services = [...new Set(meeting.map(({ service }) => service))].sort(compareText);
    const isFixed = (service: string) => portField(input, service, port) === undefined;
    const facts = {
      server,
      port,
      holders: [...new Set(meeting.map(holderOf))].sort(compareText),
      movable: services.flatMap((service) => portField(input, service, port) ?? []),
      fixed: services.filter(isFixed),
      isPatroni: services.length > 1 && services.every((service) => isFixed(service) && isUnderPatroni(input, service)),
    };
    const blamed = [later.service, ...services].find((service) => !isFixed(service)) ?? later.service;
    return [finding('VALIDATE_PORT_CONFLICT', facts, portPosition(input, blamed, port))];
  });
}

/** What such a service publishes, and no setting moves, is Patroni's REST interface. */
function isUnderPatroni({ environment }: TreeInput, service: string): boolean {
  const definition = entryOf(environment.services, service);
  return isDatabase(definition) && controlOf(definition) === 'patroni';
}

function holderOf({ service, address, port }: Publication): string {
  return `${service} (${address.includes(':') ? `[${address}]` : address}:${port})`;
}

function meet(left: Publication, right: Publication): boolean {
  return isWildcard(left.address) || isWildcard(right.address) || isSameAddress(left.address, right.address);
}

function isWildcard(address: string): boolean {
  return isSameAddress(address, '0.0.0.0') || isSameAddress(address, '::');
}

function reserved(input: TreeInput, server: string, published: readonly Publication[]): readonly Finding[] {
  const owners = new Map([
    [entryOf(input.environment.servers, server)?.ssh?.port ?? 22, 'SSH'],
    [GUARD_PORT, 'the guard'],
  ]);
  return published.flatMap(({ service, port }) => {
    const owner = owners.get(port);
    if (owner === undefined || service === GUARD_UNIT) return [];
    const facts = { server, port, service, owner };
    return [finding('VALIDATE_PORT_RESERVED', facts, portPosition(input, service, port))];
  });
}
