import { finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { entryOf, servicesOf } from './rule.ts';

/** A declared backup is a plan until this version takes one. A policy that does not exist is reported elsewhere. */
export const backupsNotCarriedOut: EnvironmentRule = {
  name: 'backups-not-carried-out',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition) || definition.backup === undefined) return [];
      const { backup: policy } = definition;
      if (entryOf(environment.backups, policy) === undefined) return [];
      const at = sources.valueAt(['services', service, 'backup']);
      return [finding('VALIDATE_BACKUP_NOT_CARRIED_OUT', { service, policy }, at)];
    }),
};
