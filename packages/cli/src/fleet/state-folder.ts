import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Context } from '../command.ts';

/**
 * Makes the folder of everything that commands keep beside the environments: sandboxes with their keys and secrets, built images, rendered
 * files, records of drills. It tells Git to leave it alone, whatever the repository's own `.gitignore` says.
 */
export async function makeStateFolder({ root }: Pick<Context, 'root'>): Promise<void> {
  const folder = join(root, '.flotilla');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.gitignore'), '*\n');
}
