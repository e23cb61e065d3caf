import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { routesOf, servicesOf } from './rule.ts';

/** A service has one edge per prefix. */
export const routedTwice: EnvironmentRule = {
  name: 'routed-twice',
  check: ({ environment, sources }) => {
    const edges = new Map<string, string>();
    return servicesOf(environment).flatMap(([other, service]) =>
      routesOf(other, service).flatMap(({ prefix, target, path }) => {
        const key = JSON.stringify([target, prefix]);
        const edge = edges.get(key);
        if (edge === undefined) {
          edges.set(key, other);
          return [];
        }
        return [finding('VALIDATE_ROUTED_TWICE', { edge, other, prefix, target }, sources.valueAt(path))];
      }),
    );
  },
};
