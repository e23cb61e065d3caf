import { Buffer } from 'node:buffer';

import { FlotillaError } from '@flotilla/model';
import type { ReadText } from '@flotilla/model';

import type { Context } from './command.ts';

const TIMEOUT_MS = 30_000;

/** A commit, and the YAML files it holds. */
export type Revision = { readonly commit: string; readonly read: ReadText };

type Git = Pick<Context, 'runner' | 'root' | 'signal'>;

/**
 * Gives the YAML files below `folders` as they stand in a commit, without touching the working tree. Symbolic links read
 * as no file. Throws CLI_UNKNOWN_REVISION and CLI_GIT_FAILED.
 * @example const base = await readRevision('origin/main', ['environments'], context)
 */
export async function readRevision(revision: string, folders: readonly string[], git: Git): Promise<Revision> {
  const parsed = await run(git, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (parsed.exitCode !== 0) throw new FlotillaError('CLI_UNKNOWN_REVISION', { revision });
  const commit = parsed.stdout.trim();
  const blobs = await listBlobs(git, commit, folders);
  const texts = await readBlobs(git, [...new Set(blobs.values())]);
  return {
    commit,
    read: (path) => {
      const blob = blobs.get(path);
      return blob === undefined ? undefined : texts.get(blob);
    },
  };
}

/** Path, relative to the root, to the identity of its content. */
async function listBlobs(git: Git, commit: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const listed = await run(git, ['ls-tree', '-r', '-z', commit, '--', ...folders]);
  if (listed.exitCode !== 0) throw failed('ls-tree', listed.stderr);
  const entries = listed.stdout.split('\0').flatMap((line) => {
    const match = /^100(?:644|755) blob ([0-9a-f]+)\t(.+\.ya?ml)$/s.exec(line);
    return match === null ? [] : [[match[2] ?? '', match[1] ?? ''] as const];
  });
  return new Map(entries);
}

async function readBlobs(git: Git, blobs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (blobs.length === 0) return new Map();
  const batch = await run(git, ['cat-file', '--batch'], `${blobs.join('\n')}\n`);
  if (batch.exitCode !== 0) throw failed('cat-file', batch.stderr);
  // Sizes are in bytes. A text that is not UTF-8 grows while it is decoded, and its bytes no longer add up.
  const bytes = Buffer.from(batch.stdout);
  const texts = new Map<string, string>();
  let offset = 0;
  while (offset < bytes.length) {
    const end = bytes.indexOf('\n', offset);
    const [blob = '', kind, size] = bytes.toString('utf8', offset, end).split(' ');
    if (kind !== 'blob' || size === undefined) throw failed('cat-file', 'an environment file is not UTF-8 text');
    texts.set(blob, bytes.toString('utf8', end + 1, end + 1 + Number(size)));
    offset = end + 1 + Number(size) + 1;
  }
  return texts;
}

function run({ runner, root, signal }: Git, args: readonly string[], stdin?: string) {
  const input = stdin === undefined ? {} : { stdin };
  return runner.run({ argv: ['git', ...args], cwd: root, timeoutMs: TIMEOUT_MS, signal, ...input });
}

function failed(action: string, stderr: string): FlotillaError<'CLI_GIT_FAILED'> {
  return new FlotillaError('CLI_GIT_FAILED', { action, stderr: stderr.trim() });
}
