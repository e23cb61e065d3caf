import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { entryOf, routesOf, servicesOf } from './rule.ts';

/** What an edge routes to says whether it is well. */
export const missingHealth: EnvironmentRule = {
  name: 'missing-health',
  check: ({ environment, sources }) => {
    const edges = new Map<string, string>();
    for (const [name, service] of servicesOf(environment)) {
      for (const { target } of routesOf(name, service)) if (!edges.has(target)) edges.set(target, name);
    }
    return [...edges].flatMap(([service, edge]) => {
      const target = entryOf(environment.services, service);
      if (target?.kind !== 'app' && target?.kind !== 'nginx') return [];
      if (target.health !== undefined) return [];
      return [finding('VALIDATE_HEALTH_MISSING', { service, edge }, sources.keyAt(['services', service]))];
    });
  },
};
