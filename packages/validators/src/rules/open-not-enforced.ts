import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** A port under `open` is as open as a public one until somebody narrows it on the server. A sandbox is reached by its own machine alone. */
export const openNotEnforced: EnvironmentRule = {
  name: 'open-not-enforced',
  check: ({ environment, sources }) =>
    environment.sandbox
      ? []
      : servicesOf(environment).flatMap(([service, { open }]) =>
          Object.entries(open).map(([port, { from }]) =>
            finding(
              'VALIDATE_OPEN_NOT_ENFORCED',
              { service, port: Number(port), from },
              sources.keyAt(['services', service, 'open', port]),
            ),
          ),
        ),
};
