import type { DatabaseService } from '@flotilla/model';
import { controlOf, finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** What only one of both ways of failing over obeys is written for that one alone. */
export const failoverFields: EnvironmentRule = {
  name: 'failover-fields',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition)) return [];
      const isManual = controlOf(definition) === 'guard';
      const base = ['services', service];
      const fields = isManual ? automaticFields(definition) : definition.closeAfter === undefined ? [] : ['closeAfter'];
      const other = isManual ? 'automatic' : 'manual';
      const misplaced = fields.map((field) =>
        finding('VALIDATE_FAILOVER_FIELD', { service, field, other }, sources.keyAt([...base, field])),
      );
      if (controlOf(definition) !== 'group-replication' || !('synchronous' in definition)) return misplaced;
      const { synchronous } = definition;
      if (synchronous === undefined) return misplaced;
      const at = sources.keyAt([...base, 'synchronous']);
      return [...misplaced, finding('VALIDATE_GROUP_SYNCHRONOUS', { service, synchronous }, at)];
    }),
};

function automaticFields(definition: DatabaseService): readonly string[] {
  if (!('voters' in definition)) return [];
  const { rto, voters } = definition;
  return [...(rto === undefined ? [] : ['rto']), ...(voters.length === 0 ? [] : ['voters'])];
}
