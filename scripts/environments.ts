/**
 * Prints the environments to deploy as a JSON list, and sets it as the step's output: all, or the one in ENVIRONMENT. The grounds to drill on
 * below `lab/` are reviewed with the others and stand in sandboxes alone.
 */
import { setOutput } from '@actions/core';

import { flotilla } from './actions/flotilla.ts';

const wanted = process.env['ENVIRONMENT'] ?? '';
const { exitCode, stdout } = await flotilla('list', '--json');
if (exitCode !== 0) process.exit(exitCode);
// The CLI documents this object in the usage of `list`.
const { environments } = JSON.parse(stdout) as { readonly environments: readonly { readonly name: string }[] };
const names = environments
  .map(({ name }) => name)
  .filter((name) => !name.startsWith('lab/') && (wanted === '' || name === wanted));
if (wanted !== '' && names.length === 0) {
  console.error(`no environment "${wanted}"`);
  process.exit(2);
}
console.log(JSON.stringify(names));
if (process.env['GITHUB_OUTPUT'] !== undefined) setOutput('environments', JSON.stringify(names));
