import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { ServerFile } from './server-files.ts';

/**
 * Writes a server's files below `folder`, in the shape they have below `/` in the server. The folders' modes matter: copying
 * them into a container sets them there.
 */
export async function stageFiles(folder: string, files: readonly ServerFile[]): Promise<void> {
  for (const file of files) {
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    await writeStaged(target, file);
  }
  // Set one by one, because the mode that `mkdir` is given passes through the umask.
  const folders = new Set(files.flatMap((file) => ancestors(file.path)));
  for (const path of folders) await chmod(join(folder, path), path.startsWith('root') ? 0o700 : 0o755);
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

async function writeStaged(target: string, file: ServerFile): Promise<void> {
  switch (file.kind) {
    case 'text':
      await writeFile(target, file.text);
      return chmod(target, file.mode);
    case 'mask':
      await rm(target, { force: true });
      return symlink('/dev/null', target);
    default:
      throw new Error(`unreachable: ${String(file satisfies never)}`);
  }
}
