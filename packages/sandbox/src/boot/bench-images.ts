import type { CommandRunner } from '@flotilla/exec';
import type { BuildProgress, ImageRequest } from '@flotilla/images';
import { buildImages, canPull, imageFor, tagOf } from '@flotilla/images';
import { FlotillaError } from '@flotilla/model';

import type { ImageSource, LocalImage, PreparedImages } from './image-source.ts';

const PULL_TIMEOUT_MS = 600_000;

/** What the source of a sandbox's images needs. */
export type BenchImagesOptions = {
  readonly runner: CommandRunner;
  /** Folder for build contexts. */
  readonly cacheDir: string;
  readonly onProgress?: (progress: BuildProgress) => void;
};

/**
 * Gives the usual source of images: an environment's own where a registry offers it, and where none does, the bench image that keeps
 * its contract. `prepare` throws SANDBOX_NO_IMAGE for a reference that has neither, and what `buildImages` throws.
 */
export function benchImages(options: BenchImagesOptions): ImageSource {
  return { prepare: (references) => prepare(options, references) };
}

async function prepare(options: BenchImagesOptions, references: readonly string[]): Promise<PreparedImages> {
  const [own, pulled] = await Promise.all([
    build(options, ['server', 'registry', 'guard', 'haproxy']),
    Promise.all(references.map((reference) => pull(options.runner, reference))),
  ]);
  const missing = references.filter((_, index) => pulled[index] === undefined);
  const built = await build(options, missing.map(requestFor));
  const found = new Map(missing.map((reference, index) => [reference, built[index]]));
  const [server, registry, guard, endpoint] = own;
  if (!server || !registry || !guard || !endpoint) throw new Error('the builder gives one image per request');
  const all = references.flatMap((reference, index): [string, LocalImage][] => {
    const image = pulled[index] ?? found.get(reference);
    return image === undefined ? [] : [[reference, image]];
  });
  return { server, registry, guard, endpoint, references: new Map(all) };
}

async function build(options: BenchImagesOptions, names: readonly ImageRequest[]): Promise<readonly LocalImage[]> {
  const { runner, cacheDir, onProgress } = options;
  return buildImages({ runner, names, cacheDir, ...(onProgress === undefined ? {} : { onProgress }) });
}

function requestFor(reference: string): ImageRequest {
  const name = imageFor(reference);
  if (name === undefined) throw new FlotillaError('SANDBOX_NO_IMAGE', { reference });
  const version = tagOf(reference);
  const isReleased = name === 'waybill' || name === 'ledger';
  return isReleased && version !== undefined ? { name, version } : name;
}

async function pull(runner: CommandRunner, reference: string): Promise<LocalImage | undefined> {
  const present = await localImage(runner, reference);
  if (present !== undefined) return present;
  if (!(await canPull(runner, reference))) return undefined;
  await runner.run({ argv: ['docker', 'pull', '--quiet', reference], timeoutMs: PULL_TIMEOUT_MS });
  return localImage(runner, reference);
}

async function localImage(runner: CommandRunner, reference: string): Promise<LocalImage | undefined> {
  const argv = ['docker', 'image', 'inspect', '-f', '{{.Id}}', reference] as const;
  const result = await runner.run({ argv, timeoutMs: 20_000 });
  if (result.exitCode !== 0) return undefined;
  const name =
    reference
      .replace(/@.*$/, '')
      .replace(/:[^:/]*$/, '')
      .split('/')
      .at(-1) ?? 'image';
  return { name, tag: result.stdout.trim() };
}
