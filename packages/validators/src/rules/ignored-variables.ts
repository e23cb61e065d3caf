import type { DatabaseKind } from '@flotilla/model';
import { finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** Variables of other images, and those that begin a replication that this one must not begin by itself. */
const FOREIGN: Readonly<Record<DatabaseKind, RegExp>> = {
  postgres: /^(POSTGRES_(MASTER|PRIMARY|SLAVE|REPLICA|REPLICATION)_|POSTGRESQL_|REPMGR_)/,
  mysql: /^MYSQL_(MASTER|REPLICATION|SLAVE)_/,
  mariadb: /^(MYSQL|MARIADB)_(MASTER|REPLICATION|SLAVE)_/,
  redis: /^(REDIS_(PASSWORD|MASTER|REPLICA|REPLICATION|SENTINEL|ALLOW|AOF|PORT|DISABLE|EXTRA)|ALLOW_EMPTY_PASSWORD$)/,
};

/** No database is told by `env:` what the official image does not read: it would come up as an independent, empty primary. */
export const ignoredVariables: EnvironmentRule = {
  name: 'ignored-variables',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition)) return [];
      const { kind } = definition;
      return Object.keys(definition.env)
        .filter((variable) => FOREIGN[kind].test(variable))
        .map((variable) =>
          finding(
            'VALIDATE_VARIABLE_IGNORED',
            { service, variable, kind },
            sources.keyAt(['services', service, 'env', variable]),
          ),
        );
    }),
};
