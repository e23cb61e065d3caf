import type { Service } from '@flotilla/model';
import { finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { entryOf, routesOf, servicesOf, usesOf } from './rule.ts';

/** What is routed to answers HTTP, and what is used listens on a port. */
export const connectionTargets: EnvironmentRule = {
  name: 'connection-targets',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([name, service]) => [
      ...routesOf(name, service).flatMap(({ prefix, target, path }) => {
        const why = whyNoHttp(entryOf(environment.services, target));
        if (why === undefined) return [];
        return [finding('VALIDATE_ROUTE_TARGET', { edge: name, prefix, target, why }, sources.valueAt(path))];
      }),
      ...usesOf(name, service).flatMap((use) => {
        if (entryOf(environment.services, use.service)?.kind !== 'worker') return [];
        return [finding('VALIDATE_USES_TARGET', { service: name, target: use.service }, sources.valueAt(use.path))];
      }),
    ]),
};

function whyNoHttp(target: Service | undefined): string | undefined {
  if (target?.kind === 'worker') return 'a worker, which has no port';
  if (isDatabase(target)) return 'a database, which does not speak HTTP';
  return undefined;
}
