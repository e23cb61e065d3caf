import type { DatabaseService, Environment, Finding } from '@flotilla/model';
import { controlOf, finding, isDatabase, votersOf } from '@flotilla/model';

import { addressKey } from '../networks.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { entryOf, replicasOf, servicesOf } from './rule.ts';

type Database = { readonly service: string; readonly definition: DatabaseService };

/** Numbers of voters of which the loss of one, or two, leaves a majority, and no vote is wasted. */
const GOOD_NUMBERS = [3, 5];

/** A failover can reach a majority, or the file says what stands in for one. */
export const quorum: EnvironmentRule = {
  name: 'quorum',
  check: (input) =>
    servicesOf(input.environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition)) return [];
      const database = { service, definition };
      return controlOf(definition) === 'guard' ? manual(input, database) : automatic(input, database);
    }),
};

function automatic({ environment, sources }: EnvironmentInput, { service, definition }: Database): readonly Finding[] {
  const at = sources.valueAt(['services', service, 'failover']);
  const noReplica = replicasOf(definition).length === 0 ? [finding('VALIDATE_NO_REPLICA', { service }, at)] : [];
  const names = voterNames(environment, definition);
  // One machine under two names is one voter.
  const voters = new Set(names.flatMap((name) => addressOf(environment, name))).size;
  const members = [definition.primary, ...replicasOf(definition)];
  if (definition.kind === 'mysql' && !isSameSet(votersOf(definition), members)) {
    const facts = { service, members };
    return [...noReplica, finding('VALIDATE_GROUP_VOTERS', facts, sources.valueAt(['services', service, 'voters']))];
  }
  if (GOOD_NUMBERS.includes(voters)) return noReplica;
  const isWritten = 'voters' in definition && definition.voters.length > 0;
  const place = isWritten ? sources.valueAt(['services', service, 'voters']) : at;
  return [...noReplica, finding('VALIDATE_QUORUM', { service, voters, control: controlOf(definition) }, place)];
}

/** All of Patroni in one environment shares one etcd, so that the voters of one service are those of every one. */
function voterNames(environment: Environment, definition: DatabaseService): readonly string[] {
  if (controlOf(definition) !== 'patroni') return votersOf(definition);
  return Object.values(environment.services).flatMap((service) =>
    isDatabase(service) && controlOf(service) === 'patroni' ? votersOf(service) : [],
  );
}

function addressOf(environment: Environment, server: string): readonly string[] {
  const machine = entryOf(environment.servers, server);
  return machine === undefined ? [] : [addressKey(machine.host)];
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return new Set(left).size === new Set(right).size && left.every((one) => right.includes(one));
}

function manual(input: EnvironmentInput, { service, definition }: Database): readonly Finding[] {
  const replicas = replicasOf(definition);
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
