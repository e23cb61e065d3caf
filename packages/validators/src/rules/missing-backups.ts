import { finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** Every database names a backup policy. */
export const missingBackups: EnvironmentRule = {
  name: 'missing-backups',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition) || definition.backup !== undefined) return [];
      const facts = { service, known: Object.keys(environment.backups) };
      return [finding('VALIDATE_BACKUP_MISSING', facts, sources.keyAt(['services', service]))];
    }),
};
