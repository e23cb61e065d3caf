/** The images that are built here, parents before children. */
export const IMAGE_NAMES = [
  'base',
  'server',
  'postgres',
  'haproxy',
  'nginx',
  'registry',
  'node',
  'guard',
  'waybill',
  'mysql',
  'mariadb',
  'redis',
  'etcd',
  'pgbouncer',
  'patroni',
  'ledger',
] as const;

export type ImageName = (typeof IMAGE_NAMES)[number];

/** A release of the demo application. `broken`, or a version such as `4.2.1-broken`, makes one whose health check fails. */
export type WaybillRelease = { readonly name: 'waybill'; readonly version: string; readonly broken?: boolean };

/** A release of the lab's client application. */
export type LedgerRelease = { readonly name: 'ledger'; readonly version: string };

/** What to build: an image by name, or one release of an application of ours. */
export type ImageRequest = ImageName | WaybillRelease | LedgerRelease;

/** Release of the demo application when only its name is asked for. */
export const DEFAULT_RELEASE = '4.2.0';

/** Release of the lab's client application when only its name is asked for. */
export const DEFAULT_LEDGER_RELEASE = '1.0.0';

const PARENTS: Readonly<Record<ImageName, ImageName | undefined>> = {
  base: undefined,
  server: 'base',
  postgres: 'base',
  haproxy: 'base',
  nginx: 'base',
  registry: 'base',
  node: 'base',
  guard: 'node',
  waybill: 'node',
  mysql: 'base',
  mariadb: 'base',
  redis: 'base',
  etcd: 'base',
  pgbouncer: 'base',
  patroni: 'postgres',
  ledger: 'node',
};

/** Gives the image that another one is built on; `undefined` for `base`. */
export function parentOf(name: ImageName): ImageName | undefined {
  return PARENTS[name];
}

const OFFICIAL: ReadonlySet<ImageName> = new Set(['postgres', 'haproxy', 'nginx', 'mysql', 'mariadb', 'redis']);
const UNDER_ANY_OWNER: ReadonlySet<ImageName> = new Set(['waybill', 'guard', 'ledger', 'etcd', 'pgbouncer', 'patroni']);

/**
 * Gives the image of ours that stands for a reference where no registry answers: official images by their name, with or without
 * their registry's address; under any owner our own, and those that have no official image. `undefined` when there is none.
 * @example imageFor('postgres:17.6@sha256:…') === 'postgres'; imageFor('quay.io/coreos/etcd:v3.5.16') === 'etcd'
 */
export function imageFor(reference: string): ImageName | undefined {
  const path = reference.replace(/@sha256:.*$/, '').replace(/:[^:/]*$/, '');
  const parts = path.split('/');
  const last = parts.at(-1);
  const name = IMAGE_NAMES.find((candidate) => candidate === last);
  if (name === undefined) return undefined;
  if (UNDER_ANY_OWNER.has(name)) return name;
  const owner = parts.at(-2);
  return OFFICIAL.has(name) && (owner === undefined || owner === 'library') ? name : undefined;
}

/** Gives the tag of a reference, such as `4.2.0`; `undefined` when it has none. */
export function tagOf(reference: string): string | undefined {
  return /:([^:/@]+)(?:@|$)/.exec(reference.replace(/@sha256:.*$/, ''))?.[1];
}
