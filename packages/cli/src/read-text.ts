import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

import type { ReadText } from '@flotilla/model';

/**
 * Gives the reader of files below a folder. A missing file, a folder, and a symbolic link that leads out of the folder
 * read as no file at all.
 */
export function readBelow(root: string): ReadText {
  const realRoot = realpathSync(root) + sep;
  return (path) => {
    const file = join(root, path);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return realpathSync(file).startsWith(realRoot) ? readFileSync(file, 'utf8') : undefined;
  };
}
