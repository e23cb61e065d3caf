/** Fails a service over: `node scripts/failover.ts <env> <service> [--to S] --confirm <service> [--accept-loss] --dry-run false`. */
import { setFailed } from '@actions/core';
import { argv } from 'zx';

import { flotilla, option, summarize, withSshKey } from './actions/flotilla.ts';

const environment = argv._[0] ?? process.env['ENVIRONMENT'] ?? '';
const service = argv._[1] ?? process.env['SERVICE'] ?? '';
const to: string | undefined = argv['to'] ?? process.env['TO'];
const confirm: string = argv['confirm'] ?? process.env['CONFIRM'] ?? '';
const acceptsLoss = String(argv['accept-loss'] ?? process.env['ACCEPT_LOSS']) === 'true';
// Only the plain word lets go of the safe default.
const isDryRun = String(argv['dry-run'] ?? process.env['DRY_RUN']) !== 'false';

if (environment === '' || service === '' || confirm !== service) {
  setFailed(`nothing was touched: confirm by the service's name ("${service}"), you typed "${confirm}"`);
  process.exit(2);
}
const choices = [...option('to', to), ...(acceptsLoss ? ['--accept-loss'] : []), '--yes', service];
process.exitCode = await withSshKey(async () => {
  const state = await flotilla('status', environment);
  await summarize(`${environment} before`, `\n~~~text\n${state.stdout.trim()}\n~~~\n`);
  const mode = isDryRun ? ['--dry-run'] : [];
  const { exitCode, stdout } = await flotilla('failover', environment, service, ...choices, ...mode);
  await summarize(`Failover of ${environment}/${service}`, `\n~~~text\n${stdout.trim()}\n~~~\n`);
  if (exitCode !== 0) setFailed(`the failover of ${environment}/${service} ended with exit code ${exitCode}`);
  return exitCode;
});
