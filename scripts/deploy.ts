/** Deploys one environment, or one server of it: `node scripts/deploy.ts <env> [--server S] [--plan DIGEST]`. */
import { setFailed } from '@actions/core';
import { argv } from 'zx';

import { flotilla, option, summarize, withSshKey } from './actions/flotilla.ts';

const environment = argv._[0] ?? process.env['ENVIRONMENT'] ?? '';
const server: string | undefined = argv['server'] ?? process.env['SERVER'];
const plan: string | undefined = argv['plan'] ?? process.env['PLAN'];

if (environment === '') {
  setFailed('name an environment: node scripts/deploy.ts <env>');
  process.exit(2);
}
const choices = [...option('server', server), ...option('plan', plan)];
const { exitCode, stdout } = await withSshKey(() => flotilla('deploy', environment, ...choices));
await summarize(`Deploy of ${environment}: exit code ${exitCode}`, `\n~~~text\n${stdout.trim()}\n~~~\n`);
if (exitCode !== 0) setFailed(`the deploy of ${environment} ended with exit code ${exitCode}`);
process.exitCode = exitCode;
