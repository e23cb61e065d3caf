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
] as const;

export type ImageName = (typeof IMAGE_NAMES)[number];

/** A release of the demo application. `broken`, or a version such as `4.2.1-broken`, makes one whose health check fails. */
export type WaybillRelease = { readonly name: 'waybill'; readonly version: string; readonly broken?: boolean };

/** What to build: an image by name, or one release of the demo application. */
export type ImageRequest = ImageName | WaybillRelease;

/** Release of the demo application when only its name is asked for. */
export const DEFAULT_RELEASE = '4.2.0';

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
};

/** Gives the image that another one is built on; `undefined` for `base`. */
export function parentOf(name: ImageName): ImageName | undefined {
  return PARENTS[name];
}

const OFFICIAL: ReadonlySet<ImageName> = new Set(['postgres', 'haproxy', 'nginx']);
const OURS: ReadonlySet<ImageName> = new Set(['waybill', 'guard']);

/**
 * Gives the image of ours that stands for a reference where no registry answers: official images by their name, with or without
 * their registry's address, and the guard and the demo application under any owner. `undefined` when there is none.
 * @example imageFor('postgres:17.6@sha256:…') === 'postgres'; imageFor('ghcr.io/example/waybill:4.2.0') === 'waybill'
 */
export function imageFor(reference: string): ImageName | undefined {
  const path = reference.replace(/@sha256:.*$/, '').replace(/:[^:/]*$/, '');
  const parts = path.split('/');
  const last = parts.at(-1);
  const name = IMAGE_NAMES.find((candidate) => candidate === last);
  if (name === undefined) return undefined;
  if (OURS.has(name)) return name;
  const owner = parts.at(-2);
  return OFFICIAL.has(name) && (owner === undefined || owner === 'library') ? name : undefined;
}

/** Gives the tag of a reference, such as `4.2.0`; `undefined` when it has none. */
export function tagOf(reference: string): string | undefined {
  return /:([^:/@]+)(?:@|$)/.exec(reference.replace(/@sha256:.*$/, ''))?.[1];
}
