import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { compareText } from '@flotilla/model';
import { build } from 'esbuild';

import type { ImageName } from './names.ts';

/** Folder with one folder per image. */
export const IMAGES_FOLDER = dirname(import.meta.dirname);

/** One file that Docker gets to see. `identity` stands for its content in the hash. */
type ContextFile = {
  readonly path: string;
  readonly identity: string;
  readonly content: { readonly text: string } | { readonly copyOf: string };
};

/** Everything an image is built from; files sorted by path. */
export type BuildContext = {
  readonly files: readonly ContextFile[];
  readonly args: Readonly<Record<string, string>>;
};

const NODE_FILES: Partial<Record<ImageName, string>> = {
  guard: join(IMAGES_FOLDER, '../guard/src/main.ts'),
  waybill: join(IMAGES_FOLDER, 'waybill/app/main.ts'),
  ledger: join(IMAGES_FOLDER, 'ledger/app/main.ts'),
};

/** Gives the context of an image: the files of its folder and what is made for it. Reads this package and the running Node.js. */
export async function gatherContext(name: ImageName, args: Readonly<Record<string, string>>): Promise<BuildContext> {
  const files = [...(await folderFiles(name)), ...(await madeFiles(name))];
  return { files: files.sort((left, right) => compareText(left.path, right.path)), args };
}

/** Gives the hash over all that decides an image's content, hex. */
export function hashContext(context: BuildContext, parent: string): string {
  const args = Object.entries(context.args).sort(([left], [right]) => compareText(left, right));
  const hash = createHash('sha256').update(JSON.stringify([parent, args]));
  for (const { path, identity } of context.files) hash.update(JSON.stringify([path, identity]));
  return hash.digest('hex');
}

/** Writes the files of a context into a folder. What starts with `#!` becomes executable, whatever a checkout made of it. */
export async function writeContext(context: BuildContext, folder: string): Promise<void> {
  for (const { path, content } of context.files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if ('copyOf' in content) await copyFile(content.copyOf, target);
    else await writeFile(target, content.text, { mode: content.text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

async function folderFiles(name: ImageName): Promise<readonly ContextFile[]> {
  const folder = join(IMAGES_FOLDER, name);
  const entries = await readdir(folder, { withFileTypes: true });
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(folder, entry.name);
        return textFile(relative(folder, file), await readFile(file, 'utf8'));
      }),
  );
}

async function madeFiles(name: ImageName): Promise<readonly ContextFile[]> {
  if (name === 'node') {
    const identity = `node ${process.version} ${process.arch}`;
    return [{ path: 'node', identity, content: { copyOf: process.execPath } }];
  }
  const entry = NODE_FILES[name];
  return entry === undefined ? [] : [textFile('main.mjs', await bundle(entry))];
}

function textFile(path: string, text: string): ContextFile {
  return { path, identity: createHash('sha256').update(text).digest('hex'), content: { text } };
}

/** CommonJS packages inside an ES module still ask for Node's modules by `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: dirname(dirname(IMAGES_FOLDER)),
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['pg-native'],
    legalComments: 'none',
    logLevel: 'silent',
    banner: { js: REQUIRE },
  });
  const text = result.outputFiles[0]?.text;
  if (text === undefined) throw new Error(`bundling ${entry} gave no file`);
  return text;
}
