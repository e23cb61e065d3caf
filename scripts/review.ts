/**
 * Writes what a reviewer reads of every environment: `node scripts/review.ts [--base REV] [--out DIR]`.
 * DIR gets one comment per environment and the rendered trees. Ends with the worst exit code, after all of them.
 */
import { join } from 'node:path';

import { argv, fs } from 'zx';

import { flotilla, root, summarize } from './actions/flotilla.ts';

const base: string = argv['base'] ?? 'origin/main';
const out: string = argv['out'] ?? '.flotilla/review';
const format = process.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text';

const listed = await flotilla('list', '--json');
// The CLI documents this object in the usage of `list`.
const { environments } = JSON.parse(listed.stdout) as { readonly environments: readonly { readonly name: string }[] };
const codes = [listed.exitCode];
await fs.emptyDir(join(root, out));
for (const { name } of environments) {
  const valid = await flotilla('validate', name, '--format', format);
  const difference = await flotilla('diff', name, '--base', base, '--format', 'markdown');
  if (valid.exitCode === 0) codes.push((await flotilla('render', name, '--out', `${out}/rendered/${name}`)).exitCode);
  codes.push(valid.exitCode, difference.exitCode);
  const marker = `<!-- flotilla:diff:${name} -->\n`;
  const failed = `${marker}## \`${name}\` is not valid\n\nThe log of the review says where and why.\n`;
  // A difference that a deploy would refuse ends in an error, and is there to be read.
  const comment = difference.stdout.startsWith(marker) ? difference.stdout : failed;
  await fs.outputFile(join(root, out, 'comments', `${name.replaceAll('/', '--')}.md`), comment);
  await summarize(`Review of ${name}`, comment);
}
process.exitCode = Math.max(...codes);
