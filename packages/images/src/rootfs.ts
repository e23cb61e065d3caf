import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { lastLines } from '@flotilla/exec';
import type { CommandRunner } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { mirrorsOf } from './apt-sources.ts';
import type { Mirrors } from './apt-sources.ts';
import { IMAGES_FOLDER } from './context.ts';

const OFFICIAL_BASE = 'debian:trixie-slim';
const ASK_TIMEOUT_MS = 5_000;
const PULL_TIMEOUT_MS = 300_000;
const DEBOOTSTRAP_TIMEOUT_MS = 900_000;

/** Tells whether a registry offers this image, asked for at most 5 s. Downloads nothing. */
export async function canPull(runner: CommandRunner, reference: string): Promise<boolean> {
  const result = await runner.run({
    argv: ['docker', 'manifest', 'inspect', reference],
    timeoutMs: ASK_TIMEOUT_MS,
  });
  return result.exitCode === 0;
}

/**
 * Gives the reference of a trixie in the local engine: the official one where a registry answers, else one made by debootstrap
 * and imported under `tag`. Throws IMAGES_NO_BASE. May be repeated.
 */
export async function ensureRootfs(runner: CommandRunner, tag: string, cacheDir: string): Promise<string> {
  if (await isPresent(runner, tag)) return tag;
  if (await isPresent(runner, OFFICIAL_BASE)) return OFFICIAL_BASE;
  if (await canPull(runner, OFFICIAL_BASE)) {
    const pulled = await runner.run({ argv: ['docker', 'pull', OFFICIAL_BASE], timeoutMs: PULL_TIMEOUT_MS });
    if (pulled.exitCode === 0) return OFFICIAL_BASE;
  }
  await debootstrap(runner, tag, join(cacheDir, `rootfs-${process.pid}`));
  return tag;
}

async function debootstrap(runner: CommandRunner, tag: string, folder: string): Promise<void> {
  const { main } = await readMirrors();
  const script = join(IMAGES_FOLDER, 'base/debootstrap.sh');
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  await rm(folder, { recursive: true, force: true });
  const [program = 'sh', ...rest] = [...asRoot, 'sh', script, folder, tag, ...(main === undefined ? [] : [main])];
  const result = await runner.run({ argv: [program, ...rest], timeoutMs: DEBOOTSTRAP_TIMEOUT_MS });
  if (result.exitCode !== 0) throw new FlotillaError('IMAGES_NO_BASE', { detail: lastLines(result.stderr) });
}

async function isPresent(runner: CommandRunner, reference: string): Promise<boolean> {
  const result = await runner.run({ argv: ['docker', 'image', 'inspect', reference], timeoutMs: 30_000 });
  return result.exitCode === 0;
}

/** Gives the Debian mirrors that this machine's apt is configured with. Reads `/etc`. */
export async function readMirrors(): Promise<Mirrors> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const lists = names.filter((name) => /\.(list|sources)$/.test(name)).sort();
  const texts = await Promise.all(['/etc/apt/sources.list', ...lists.map((name) => join(folder, name))].map(readText));
  return mirrorsOf(await readText('/etc/os-release'), texts);
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
