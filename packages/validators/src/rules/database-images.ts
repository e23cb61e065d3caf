import { finding } from '@flotilla/model';

import { repositoryName } from '../image-reference.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const OTHER_ENGINES = ['mysql', 'mariadb', 'redis', 'valkey', 'mongo', 'mongodb'];
/** `postgres-mysql-fdw` is PostgreSQL that reads another engine. */
const OWN = /postgres|^pg|[._-]pg/;

/** A database of kind postgres has an image of PostgreSQL, as far as the name of the repository tells. */
export const databaseImages: EnvironmentRule = {
  name: 'database-images',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, { kind, image }]) => {
      if (kind !== 'postgres') return [];
      const name = repositoryName(image);
      const engine = name.split(/[._-]/).find((word) => OTHER_ENGINES.includes(word));
      if (engine === undefined || OWN.test(name)) return [];
      return [
        finding('VALIDATE_DATABASE_IMAGE', { service, image, engine }, sources.valueAt(['services', service, 'image'])),
      ];
    }),
};
