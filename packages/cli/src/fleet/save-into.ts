import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Context } from '../command.ts';

/** Gives the way in which a file that arrives piece by piece gets into a folder; one of the same name is replaced. */
export function saveInto(folder: string, { cwd }: Pick<Context, 'cwd'>) {
  const begun = new Set<string>();
  return (name: string, chunk: Uint8Array): Promise<void> => {
    const path = join(resolve(cwd, folder), name);
    if (!begun.has(name)) {
      mkdirSync(resolve(cwd, folder), { recursive: true });
      rmSync(path, { force: true });
      begun.add(name);
    }
    appendFileSync(path, chunk);
    return Promise.resolve();
  };
}
