import { finding } from '@flotilla/model';

import { ownerOf, removedFrom } from '../mysql/owned.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** No setting under `tuning` of a MySQL or MariaDB is one that Flotilla sets, or one that keeps the server from starting. */
export const mysqlSettings: EnvironmentRule = {
  name: 'mysql-settings',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'mysql' && definition.kind !== 'mariadb') return [];
      return Object.keys(definition.tuning).flatMap((setting) => {
        const at = sources.keyAt(['services', service, 'tuning', setting]);
        const owner = ownerOf(setting);
        if (owner !== undefined) return [finding('VALIDATE_SETTING_OWNED', { service, setting, ...owner }, at)];
        const instead = removedFrom(definition.kind, setting);
        return instead === undefined ? [] : [finding('VALIDATE_SETTING_REMOVED', { service, setting, instead }, at)];
      });
    }),
};
