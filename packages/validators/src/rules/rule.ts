import { isDatabase } from '@flotilla/model';
import type { DatabaseService, Environment, Finding, Service, SourceMap, Tree } from '@flotilla/model';

/** What a rule that needs no tree looks at. */
export type EnvironmentInput = { readonly environment: Environment; readonly sources: SourceMap };

/** What a rule over the rendered fleet looks at. */
export type TreeInput = EnvironmentInput & {
  readonly tree: Tree;
  /** Entries of the secrets file by name; absent when it was not read, and then nothing is said of secrets. */
  readonly secretHashes?: Readonly<Record<string, string>>;
};

/** One thing that can be wrong with an environment. Tolerates what other rules report. */
export type EnvironmentRule = { readonly name: string; check(input: EnvironmentInput): readonly Finding[] };

/** One thing that can be wrong with a rendered fleet. */
export type TreeRule = { readonly name: string; check(input: TreeInput): readonly Finding[] };

/** Gives the services with their names, in the order of the file. */
export function servicesOf(environment: Environment): readonly (readonly [string, Service])[] {
  return Object.entries(environment.services);
}

/** Gives the entry of a record by a name that came from the file; names such as `constructor` find nothing inherited. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A server that a service names, with the path where it does. */
export type Member = { readonly server: string; readonly path: readonly (string | number)[]; readonly field: string };

/** Gives the servers that a service names, preferred primary first; repeated as often as they are written. */
export function membersOf(name: string, service: Service): readonly Member[] {
  const path = ['services', name];
  if (!isDatabase(service)) {
    return service.on.map((server, index) => ({ server, path: [...path, 'on', index], field: `on of ${name}` }));
  }
  return [
    { server: service.primary, path: [...path, 'primary'], field: `primary of ${name}` },
    ...service.replicas.map((server, index) => ({
      server,
      path: [...path, 'replicas', index],
      field: `replicas of ${name}`,
    })),
  ];
}

/** Gives the services that a service uses, with the path where each is written. */
export function usesOf(
  name: string,
  service: Service,
): readonly { service: string; path: readonly (string | number)[] }[] {
  if (service.kind !== 'app' && service.kind !== 'worker') return [];
  return service.uses.map((use, index) => {
    const path = ['services', name, 'uses', index];
    return typeof use === 'string' ? { service: use, path } : { service: use.service, path: [...path, 'service'] };
  });
}

/** Gives the routes of a service: path prefix, target and where it is written. */
export function routesOf(
  name: string,
  service: Service,
): readonly { prefix: string; target: string; path: readonly (string | number)[] }[] {
  if (service.kind !== 'haproxy' && service.kind !== 'nginx') return [];
  return Object.entries(service.routes).map(([prefix, target]) => ({
    prefix,
    target,
    path: ['services', name, 'routes', prefix],
  }));
}

/** Gives the members of a database beside its preferred primary, each once. */
export function replicasOf({ primary, replicas }: DatabaseService): readonly string[] {
  return [...new Set(replicas)].filter((server) => server !== primary);
}
