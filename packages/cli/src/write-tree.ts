import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { FlotillaError } from '@flotilla/model';
import type { Tree } from '@flotilla/model';

/** Marks a folder as written by `writeTree`, so that it may be replaced. */
const MARKER = '.flotilla-rendered';

/**
 * Writes the tree below an absolute folder, one folder per server, in place of what an earlier call wrote there.
 * Throws CLI_OUT_NOT_EMPTY, having touched nothing, when the folder holds anything else.
 */
export async function writeTree(tree: Tree, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  if (present.length > 0 && !present.includes(MARKER)) throw new FlotillaError('CLI_OUT_NOT_EMPTY', { path: folder });
  await Promise.all(present.map((name) => rm(join(folder, name), { recursive: true })));
  await writeFile(join(folder, MARKER), `${tree.digest}\n`);
  for (const { server, files } of tree.servers) {
    for (const { path, text, mode } of files) {
      const file = join(folder, server, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      await chmod(file, mode);
    }
  }
}
