import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/**
 * No service asks for automatic failover while there is no engine that carries it out: rendered as manual, it would promise what
 * nobody does. Ends with the issue that brings Patroni.
 */
export const automaticFailover: EnvironmentRule = {
  name: 'automatic-failover',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) =>
      definition.kind === 'postgres' && definition.failover === 'automatic'
        ? [finding('VALIDATE_AUTOMATIC_FAILOVER', { service }, sources.valueAt(['services', service, 'failover']))]
        : [],
    ),
};
