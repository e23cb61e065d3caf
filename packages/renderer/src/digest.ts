import { createHash } from 'node:crypto';

import type { RenderedFile } from '@flotilla/model';

/** Gives the SHA-256 of a file's bytes, hex. */
export type ContentHash = (file: RenderedFile) => string;

/** Gives a hash that reads each file once, although it counts in its unit and in its server. */
export function createContentHash(): ContentHash {
  const known = new WeakMap<RenderedFile, string>();
  return (file) => {
    const found = known.get(file);
    if (found !== undefined) return found;
    const hash = createHash('sha256').update(file.text).digest('hex');
    known.set(file, hash);
    return hash;
  };
}

/** Gives the SHA-256 over the paths, modes and content hashes of files that are sorted by path, hex. */
export function digestFiles(files: readonly RenderedFile[], contentHash: ContentHash): string {
  return digestWords(files.flatMap((file) => [file.path, file.mode.toString(8), contentHash(file)]));
}

/** Gives the SHA-256 over words in their order, hex. A word must not contain a NUL. */
export function digestWords(words: readonly string[]): string {
  return createHash('sha256').update(words.join('\0')).digest('hex');
}
