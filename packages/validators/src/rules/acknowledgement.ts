import type { DatabaseService, Finding } from '@flotilla/model';
import { controlOf, finding, isDatabase, replicasToWrite } from '@flotilla/model';

import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { replicasOf, servicesOf } from './rule.ts';

/** What a write waits for before it is acknowledged can be had, and the file shows it where the loss of one replica stops writes. */
export const acknowledgement: EnvironmentRule = {
  name: 'acknowledgement',
  check: (input) =>
    servicesOf(input.environment).flatMap(([service, definition]) =>
      isDatabase(definition) ? checkOne(input, service, definition) : [],
    ),
};

function checkOne({ sources }: EnvironmentInput, service: string, definition: DatabaseService): readonly Finding[] {
  const demand = demandOf(definition);
  if (demand === undefined) return [];
  const { field, needed, text } = demand;
  const base = ['services', service];
  const at = field in definition && demand.isWritten ? sources.valueAt([...base, field]) : sources.keyAt(base);
  const replicas = replicasOf(definition);
  const facts = { service, text, needed, replicas };
  if (replicas.length < needed) return [finding('VALIDATE_ACKNOWLEDGEMENT_IMPOSSIBLE', facts, at)];
  return demand.isStrict && replicas.length === needed ? [finding('VALIDATE_REPLICA_STOPS_WRITES', facts, at)] : [];
}

type Demand = {
  readonly field: string;
  readonly isWritten: boolean;
  /** As it is, or would be, written. */
  readonly text: string;
  /** Replicas without which it cannot be met. */
  readonly needed: number;
  /** Whether writes stop while it is not met. */
  readonly isStrict: boolean;
};

function demandOf(definition: DatabaseService): Demand | undefined {
  if (definition.kind === 'redis') {
    const needed = replicasToWrite(definition);
    const isWritten = definition.minReplicasToWrite !== undefined;
    const text = `minReplicasToWrite: ${needed}`;
    return needed === 0 ? undefined : { field: 'minReplicasToWrite', isWritten, text, needed, isStrict: true };
  }
  // A group acknowledges by majority, which the rules of the quorum and of the fields of a failover are about.
  if (definition.synchronous === undefined || controlOf(definition) === 'group-replication') return undefined;
  const text = `synchronous: ${definition.synchronous}`;
  return { field: 'synchronous', isWritten: true, text, needed: 1, isStrict: definition.synchronous === 'strict' };
}
