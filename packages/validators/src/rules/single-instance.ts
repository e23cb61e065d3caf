import { finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { membersOf, routesOf, servicesOf } from './rule.ts';

/** What an edge routes to, and every database, stands on more than one server; otherwise the loss is said. */
export const singleInstance: EnvironmentRule = {
  name: 'single-instance',
  check: ({ environment, sources }) => {
    const services = servicesOf(environment);
    const routed = new Set(services.flatMap(([name, service]) => routesOf(name, service).map(({ target }) => target)));
    return services.flatMap(([service, definition]) => {
      const holdsData = isDatabase(definition);
      if (!holdsData && !routed.has(service)) return [];
      const [server, ...rest] = new Set(membersOf(service, definition).map((member) => member.server));
      if (server === undefined || rest.length > 0) return [];
      const loss = holdsData
        ? 'when it is lost, only a restored backup brings the data back'
        : 'every deploy of it is an interruption';
      const facts = { service, server, loss, field: holdsData ? 'replicas' : 'on' };
      return [finding('VALIDATE_SINGLE_INSTANCE', facts, sources.keyAt(['services', service]))];
    });
  },
};
