import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { lastLines } from '@flotilla/exec';
import type { CommandRunner } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { gatherContext, hashContext, writeContext } from './context.ts';
import type { BuildContext } from './context.ts';
import { DEFAULT_LEDGER_RELEASE, DEFAULT_RELEASE, parentOf } from './names.ts';
import type { ImageName, ImageRequest } from './names.ts';
import { ensureRootfs, readMirrors } from './rootfs.ts';

/** An image in the local engine. */
export type BuiltImage = {
  readonly name: ImageName;
  /** `flotilla/<name>:<hash>`, where the hash is over everything it was built from. */
  readonly tag: string;
  readonly id: string;
  /** Layers unpacked, the shared ones included. */
  readonly sizeBytes: number;
};

/** What the builder says while it works. */
export type BuildProgress =
  | { readonly kind: 'cached'; readonly image: string }
  | { readonly kind: 'started'; readonly image: string }
  | { readonly kind: 'built'; readonly image: string; readonly durationMs: number };

export type BuildOptions = {
  readonly runner: CommandRunner;
  readonly names: readonly ImageRequest[];
  /** Folder for build contexts, which are removed after the build. Made when it is missing. */
  readonly cacheDir: string;
  readonly onProgress?: (progress: BuildProgress) => void;
};

const BUILD_TIMEOUT_MS = 900_000;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'] as const;

/**
 * Gives one built image per request, in order; parents are built as needed. An image whose inputs are unchanged is not built
 * again. Throws IMAGES_NO_ENGINE, IMAGES_NO_BASE or IMAGES_BUILD_FAILED; images that were built by then stay. May be repeated.
 * @example await buildImages({ runner: spawnRunner(), names: ['server', { name: 'waybill', version: '4.2.1' }], cacheDir });
 */
export async function buildImages(options: BuildOptions): Promise<readonly BuiltImage[]> {
  const { runner, names, cacheDir } = options;
  const engine = await runner.run({ argv: ['docker', 'info', '--format', '{{.ID}}'], timeoutMs: 15_000 });
  if (engine.exitCode !== 0) throw new FlotillaError('IMAGES_NO_ENGINE', { detail: lastLines(engine.stderr, 2) });
  await mkdir(cacheDir, { recursive: true });
  // One promise per image, so that what two images stand on is built once and everything else at the same time.
  const pending = new Map<string, Promise<BuiltImage>>();
  const ensure = (request: ImageRequest): Promise<BuiltImage> => {
    const key = JSON.stringify(typeof request === 'string' ? { name: request } : request);
    const started = pending.get(key) ?? ensureImage(options, request, ensure);
    pending.set(key, started);
    return started;
  };
  const results = await Promise.allSettled(names.map(ensure));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function ensureImage(
  options: BuildOptions,
  request: ImageRequest,
  ensure: (request: ImageRequest) => Promise<BuiltImage>,
): Promise<BuiltImage> {
  const name = typeof request === 'string' ? request : request.name;
  const parentName = parentOf(name);
  const parent = parentName === undefined ? undefined : (await ensure(parentName)).tag;
  const context = await gatherContext(name, releaseArgs(request));
  const hash = hashContext(context, parent ?? 'debian trixie').slice(0, 12);
  const tag = `flotilla/${name}:${hash}`;
  const present = await inspect(options.runner, name, tag);
  if (present) {
    options.onProgress?.({ kind: 'cached', image: tag });
    return present;
  }
  return await buildOne(options, { name, tag, context, parent });
}

type Planned = {
  readonly name: ImageName;
  readonly tag: string;
  readonly context: BuildContext;
  /** Tag of the image it is built on; absent for `base`. */
  readonly parent: string | undefined;
};

async function buildOne(options: BuildOptions, { name, tag, context, parent }: Planned): Promise<BuiltImage> {
  options.onProgress?.({ kind: 'started', image: tag });
  const startedAt = performance.now();
  const parentArgs = parent === undefined ? await baseArgs(options, tag) : { PARENT: parent };
  // Of its own: two names of one release are built beside each other under the same tag.
  const folder = await mkdtemp(join(options.cacheDir, `${tag.replace(/[/:]/g, '-')}-`));
  try {
    await writeContext(context, folder);
    await dockerBuild(options.runner, { tag, folder, args: { ...parentArgs, ...context.args } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const built = await inspect(options.runner, name, tag);
  if (!built) throw new FlotillaError('IMAGES_BUILD_FAILED', { image: tag, stderr: 'the engine does not know it' });
  options.onProgress?.({ kind: 'built', image: tag, durationMs: Math.round(performance.now() - startedAt) });
  return built;
}

function releaseArgs(request: ImageRequest): Readonly<Record<string, string>> {
  if (request === 'waybill') return { RELEASE: DEFAULT_RELEASE, BROKEN: '' };
  if (request === 'ledger') return { RELEASE: DEFAULT_LEDGER_RELEASE };
  if (typeof request === 'string') return {};
  if (request.name === 'ledger') return { RELEASE: request.version };
  const isBroken = request.broken === true || request.version.endsWith('-broken');
  return { RELEASE: request.version, BROKEN: isBroken ? '1' : '' };
}

async function baseArgs(
  { runner, cacheDir }: BuildOptions,
  baseTag: string,
): Promise<Readonly<Record<string, string>>> {
  const rootfs = await ensureRootfs(runner, baseTag.replace('/base:', '/rootfs:'), cacheDir);
  const { main = '', security = '' } = await readMirrors();
  return { ROOTFS: rootfs, MIRROR: main, SECURITY_MIRROR: security };
}

type DockerBuild = {
  readonly tag: string;
  readonly folder: string;
  readonly args: Readonly<Record<string, string>>;
};

async function dockerBuild(runner: CommandRunner, { tag, folder, args }: DockerBuild): Promise<void> {
  const proxies = PROXY_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : ['--build-arg', name]));
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const result = await runner.run({
    argv: ['docker', 'build', '--network', 'host', '--force-rm', '--tag', tag, ...proxies, ...buildArgs, folder],
    // A builder of its own would not see the parents in the engine.
    env: { BUILDX_BUILDER: 'default' },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (result.exitCode === 0) return;
  // The classic builder prints what failed on stdout, BuildKit on stderr.
  const stderr = lastLines(`${result.stdout}\n${result.stderr}`, 15);
  throw new FlotillaError('IMAGES_BUILD_FAILED', { image: tag, stderr });
}

async function inspect(runner: CommandRunner, name: ImageName, tag: string): Promise<BuiltImage | undefined> {
  const result = await runner.run({
    argv: ['docker', 'image', 'inspect', '--format', '{{.Id}} {{.Size}}', tag],
    timeoutMs: 30_000,
  });
  if (result.exitCode !== 0) return undefined;
  const [id = '', size = '0'] = result.stdout.trim().split(' ');
  return { name, tag, id, sizeBytes: Number(size) };
}
