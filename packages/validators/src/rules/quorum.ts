import type { Finding, ServiceOfKind } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { addressKey } from '../networks.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { entryOf, servicesOf } from './rule.ts';

type Database = { readonly service: string; readonly definition: ServiceOfKind<'postgres'> };

/** A failover can reach a majority, or the file says what stands in for one. */
export const quorum: EnvironmentRule = {
  name: 'quorum',
  check: (input) =>
    servicesOf(input.environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'postgres') return [];
      const database = { service, definition };
      return definition.failover === 'automatic' ? automatic(input, database) : manual(input, database);
    }),
};

function automatic({ environment, sources }: EnvironmentInput, { service, definition }: Database): readonly Finding[] {
  const at = sources.valueAt(['services', service, 'failover']);
  // One machine under two names is one voter.
  const voters = new Set(Object.values(environment.servers).map(({ host }) => addressKey(host))).size;
  return [
    ...(voters < 3 ? [finding('VALIDATE_QUORUM', { service, voters }, at)] : []),
    ...(others(definition).length === 0 ? [finding('VALIDATE_NO_REPLICA', { service }, at)] : []),
  ];
}

function manual(input: EnvironmentInput, { service, definition }: Database): readonly Finding[] {
  const replicas = others(definition);
  if (replicas.length === 0) return [];
  const { environment, sources } = input;
  const members = [definition.primary, ...replicas];
  const powerless = members.flatMap((server) => {
    const machine = entryOf(environment.servers, server);
    if (machine === undefined || machine.power !== undefined) return [];
    return [finding('VALIDATE_POWER_MISSING', { server, service }, sources.keyAt(['servers', server]))];
  });
  if (Object.keys(environment.servers).length !== 2) return powerless;
  const facts = { service, peer: definition.primary };
  return [...powerless, finding('VALIDATE_TWO_VOTERS', facts, sources.keyAt(['services', service]))];
}

function others({ primary, replicas }: ServiceOfKind<'postgres'>): readonly string[] {
  return [...new Set(replicas)].filter((server) => server !== primary);
}
