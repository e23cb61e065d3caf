import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { checkLayers } from './layers/check.ts';
import type { SourceFile } from './layers/check.ts';

const root = join(import.meta.dirname, '..');
const patterns = ['packages/*/package.json', 'packages/*/{src,test}/**/*.ts', 'packages/*/*.ts', 'scripts/**/*.ts'];

const files: SourceFile[] = [];
for await (const path of glob(patterns, { cwd: root, exclude: (name) => name === 'node_modules' })) {
  files.push({ path, text: await readFile(join(root, path), 'utf8') });
}
const violations = checkLayers(files.toSorted((left, right) => (left.path < right.path ? -1 : 1)));
for (const { path, line, message } of violations) console.error(`${path}:${line} ${message}`);
console.error(`layers: ${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
