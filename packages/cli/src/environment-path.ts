import { existsSync, globSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { FlotillaError, suggest } from '@flotilla/model';

import type { Context } from './command.ts';

/** Name of the file that makes a folder an environment. */
export const ENVIRONMENT_FILE = 'environment.yaml';

/** What every file of a sandbox begins with, relative to the repository. */
export const SANDBOXES = '.flotilla/sandbox/';

type Place = Pick<Context, 'root' | 'cwd'>;

/**
 * Gives the entry file of an environment, relative to the repository and `/`-separated. `name` is a path below
 * `environments/`, a folder inside the repository, or the environment's own name, as hints and servers have it.
 * Throws CLI_PATH_OUTSIDE for a path that leaves the repository, also by a symbolic link, and CLI_UNKNOWN_ENVIRONMENT.
 */
export function environmentEntry(name: string, place: Place): string {
  const own = pathOfName(name, place).map((path) => join(place.root, 'environments', path));
  const folders = [join(place.root, 'environments', name), resolve(place.cwd, name), ...own];
  const folder = folders.find((path) => existsSync(join(path, ENVIRONMENT_FILE)));
  if (folder !== undefined) return insideRepository(join(folder, ENVIRONMENT_FILE), place);
  insideRepository(resolve(place.cwd, name), place);
  const suggestion = suggest(name, environmentNames(place.root));
  throw new FlotillaError('CLI_UNKNOWN_ENVIRONMENT', {
    name,
    isSandbox: false,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/**
 * Gives the entry file of the environment's sandbox, as `flotilla up` wrote it below the environment's own name: the path with dashes
 * for slashes, or its last part. Throws like `environmentEntry`.
 */
export function sandboxEntry(name: string, place: Place): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const names = [name, parts.join('-'), parts.at(-1) ?? ''];
  const entries = names.map((one) => join(place.root, SANDBOXES, one, ENVIRONMENT_FILE));
  const inside = entries.map((entry) => insideRepository(entry, place));
  const found = inside.find((_, index) => existsSync(entries[index] ?? ''));
  if (found === undefined) {
    // A name that nothing has cannot be booted either.
    environmentEntry(name, place);
    throw new FlotillaError('CLI_UNKNOWN_ENVIRONMENT', { name, isSandbox: true });
  }
  return found;
}

/** Gives the path of the only environment that may have this name: dashes for slashes, or the last part of its path. */
function pathOfName(name: string, { root }: Place): readonly string[] {
  const paths = environmentNames(root);
  const found = paths.filter((path) => path.replaceAll('/', '-') === name);
  const last = paths.filter((path) => path.endsWith(`/${name}`));
  return [found, last].find((some) => some.length === 1) ?? [];
}

/** Gives every environment of the repository, as its path below `environments/`; sorted. */
export function environmentNames(root: string): readonly string[] {
  return globSync(`environments/**/${ENVIRONMENT_FILE}`, { cwd: root })
    .map((path) => dirname(path).split(sep).slice(1).join('/'))
    .toSorted();
}

/** Gives a path relative to the repository, `/`-separated. Throws CLI_PATH_OUTSIDE when it leaves the repository. */
export function insideRepository(path: string, { root }: Pick<Context, 'root'>): string {
  for (const [from, to] of [
    [root, path],
    [realpathSync(root), realParent(path)],
  ] as const) {
    const inside = relative(from, to);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new FlotillaError('CLI_PATH_OUTSIDE', { path });
    }
  }
  return relative(root, path).split(sep).join('/');
}

function realParent(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realParent(dirname(path)), path.slice(dirname(path).length));
}
