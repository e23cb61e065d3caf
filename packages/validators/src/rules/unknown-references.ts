import type { Environment, Finding, SourceMap } from '@flotilla/model';
import { finding, isDatabase, suggest } from '@flotilla/model';

import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { entryOf, membersOf, routesOf, servicesOf, usesOf } from './rule.ts';

type Reference = { readonly name: string; readonly field: string; readonly path: readonly (string | number)[] };
type Target = {
  readonly code: ReferenceCode;
  readonly section: keyof Environment & ('servers' | 'services' | 'backups');
};
type ReferenceCode = 'VALIDATE_UNKNOWN_SERVER' | 'VALIDATE_UNKNOWN_SERVICE' | 'VALIDATE_UNKNOWN_BACKUP';

/**
 * Every name of a server, service or backup policy is declared: `on`, `primary`, `replicas`, `voters`,
 * `ssh.via`, `uses`, `routes`, `backup`.
 */
export const unknownReferences: EnvironmentRule = {
  name: 'unknown-references',
  check: (input) => [
    ...missing(input, { code: 'VALIDATE_UNKNOWN_SERVER', section: 'servers' }, serverReferences(input.environment)),
    ...missing(input, { code: 'VALIDATE_UNKNOWN_SERVICE', section: 'services' }, serviceReferences(input.environment)),
    ...missing(input, { code: 'VALIDATE_UNKNOWN_BACKUP', section: 'backups' }, backupReferences(input.environment)),
  ],
};

function missing(input: EnvironmentInput, target: Target, references: readonly Reference[]): readonly Finding[] {
  const declared: Readonly<Record<string, unknown>> = input.environment[target.section];
  const known = Object.keys(declared);
  return references
    .filter(({ name }) => entryOf(declared, name) === undefined)
    .map((reference) => unknown({ reference, code: target.code, known, sources: input.sources }));
}

function unknown(at: {
  readonly reference: Reference;
  readonly code: ReferenceCode;
  readonly known: readonly string[];
  readonly sources: SourceMap;
}): Finding {
  const { name, field, path } = at.reference;
  const suggestion = suggest(name, at.known);
  const facts = { name, field, known: at.known, ...(suggestion === undefined ? {} : { suggestion }) };
  return finding(at.code, facts, at.sources.valueAt(path));
}

function serverReferences(environment: Environment): readonly Reference[] {
  const jumps = Object.entries(environment.servers).flatMap(([server, { ssh }]) =>
    ssh?.via === undefined
      ? []
      : [{ name: ssh.via, field: `ssh.via of ${server}`, path: ['servers', server, 'ssh', 'via'] }],
  );
  const members = servicesOf(environment).flatMap(([name, service]) =>
    membersOf(name, service).map(({ server, field, path }) => ({ name: server, field, path })),
  );
  const voters = servicesOf(environment).flatMap(([name, service]) =>
    'voters' in service
      ? service.voters.map((server, index) => ({
          name: server,
          field: `voters of ${name}`,
          path: ['services', name, 'voters', index],
        }))
      : [],
  );
  return [...jumps, ...members, ...voters];
}

function serviceReferences(environment: Environment): readonly Reference[] {
  return servicesOf(environment).flatMap(([name, service]) => [
    ...usesOf(name, service).map((use) => ({ name: use.service, field: `uses of ${name}`, path: use.path })),
    ...routesOf(name, service).map((route) => ({
      name: route.target,
      field: `route ${route.prefix} of ${name}`,
      path: route.path,
    })),
  ]);
}

function backupReferences(environment: Environment): readonly Reference[] {
  return servicesOf(environment).flatMap(([name, service]) =>
    isDatabase(service) && service.backup !== undefined
      ? [{ name: service.backup, field: `backup of ${name}`, path: ['services', name, 'backup'] }]
      : [],
  );
}
