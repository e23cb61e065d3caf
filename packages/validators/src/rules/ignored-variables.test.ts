import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { ignoredVariables } from './ignored-variables.ts';

const database = (kind: string, variables: string) => {
  const databases = kind === 'redis' ? '' : 'databases: [x], ';
  return fleet({
    services: `  db: { kind: ${kind}, image: IMAGE, primary: a, ${databases}memory: 1GiB, env: { ${variables} } }`,
  });
};

describe('ignored-variables', () => {
  it("accepts what the official images read, and another kind's variables", () => {
    expect(found(ignoredVariables, database('postgres', 'TZ: UTC, POSTGRES_HOST_AUTH_METHOD: scram-sha-256'))).toEqual(
      [],
    );
    expect(found(ignoredVariables, database('mysql', 'MYSQL_MAJOR: 8.4, REDIS_PASSWORD_HINT: x'))).toEqual([]);
  });

  it.each([
    ['postgres', 'POSTGRES_MASTER_SERVICE_HOST'],
    ['postgres', 'POSTGRESQL_REPLICATION_MODE'],
    ['mysql', 'MYSQL_REPLICATION_MODE'],
    ['mariadb', 'MARIADB_MASTER_HOST'],
    ['redis', 'REDIS_PASSWORD'],
    ['redis', 'ALLOW_EMPTY_PASSWORD'],
  ])('rejects for %s the variable %s, at its name', (kind, variable) => {
    const text = database(kind, `TZ: UTC, ${variable}: x`);
    expect(found(ignoredVariables, text)).toEqual([`VALIDATE_VARIABLE_IGNORED ${place(text, variable)}`]);
  });

  it('leaves an application alone that takes such a name', () => {
    const app = '  web: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB, env: { REDIS_PASSWORD_FILE: /x } }';
    expect(found(ignoredVariables, fleet({ services: app }))).toEqual([]);
  });
});
