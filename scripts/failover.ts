/** Changes who is primary: `node scripts/failover.ts <env> <service> [--action failover|switchover|rejoin] [--to S] --confirm <service> … --dry-run false`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { setFailed } from '@actions/core';
import { argv } from 'zx';

import { flotilla, option, root, summarize, withSshKey } from './actions/flotilla.ts';

const text = (name: string): string => String(argv[name] ?? process.env[name.replaceAll('-', '_').toUpperCase()] ?? '');
const environment = argv._[0] ?? process.env['ENVIRONMENT'] ?? '';
const service = argv._[1] ?? process.env['SERVICE'] ?? '';
const action = text('action') || 'failover';
// Only the plain word lets go of the safe default.
const isDryRun = text('dry-run') !== 'false';
const outcome = join(root, '.flotilla', 'outcome');

if (environment === '' || service === '' || text('confirm') !== service) {
  setFailed(`nothing was touched: confirm by the service's name ("${service}"), you typed "${text('confirm')}"`);
  process.exit(2);
}
mkdirSync(outcome, { recursive: true });
const flag = (name: string) => (text(name) === 'true' ? [`--${name}`] : []);
const record = ['--record', join(outcome, 'record.json'), ...option('reason', text('reason'))];
const change = [...option('to', text('to')), '--patch', join(outcome, 'primary.patch'), ...record, '--yes', service];
const risks = [...flag('accept-loss'), ...flag('despite-quiet-period'), ...option('unfenced', text('unfenced'))];
const words: Readonly<Record<string, readonly string[]>> = {
  failover: [...change, ...risks, ...(isDryRun ? ['--dry-run'] : [])],
  switchover: change,
  rejoin: [text('to'), '--save', outcome, ...record],
};
process.exitCode = await withSshKey(async () => {
  const state = await flotilla('status', environment);
  await summarize(`${environment} before`, `\n~~~text\n${state.stdout.trim()}\n~~~\n`);
  if (isDryRun && action !== 'failover') return 0;
  const { exitCode, stdout } = await flotilla(action, environment, service, ...(words[action] ?? []));
  await summarize(`${action} of ${environment}/${service}`, `\n~~~text\n${stdout.trim()}\n~~~\n`);
  if (exitCode !== 0) setFailed(`the ${action} of ${environment}/${service} ended with exit code ${exitCode}`);
  return exitCode;
});
