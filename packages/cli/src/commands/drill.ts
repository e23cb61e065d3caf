import { isAbsolute, join, resolve } from 'node:path';

import { FlotillaError } from '@flotilla/model';
import { FAULT_KINDS, formatSummary, ROLES } from '@flotilla/sandbox';

import { defineCommand } from '../command.ts';
import type { Context } from '../command.ts';
import { runCampaign } from '../drill/campaign.ts';
import { openStage } from '../drill/stage.ts';
import { formatSwitchovers, runSwitchovers } from '../drill/switchovers.ts';
import { exitCodes } from '../exit-codes.ts';
import { withServers } from '../fleet/connect.ts';
import { openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';

const WHAT = ['failover', 'switchover'] as const;

/** Breaks a service in its sandbox while clients write, and judges what became of their writes. */
export const drill = defineCommand({
  name: 'drill',
  summary: 'breaks a service in its sandbox while clients write, and judges what became of every write',
  usage: `flotilla drill failover <env> <service> [--runs N] [--seed N] [--faults KIND,…] [--roles ROLE,…] [--most N] [--lasting] [--by-command] [--out DIR]
flotilla drill switchover <env> <service> [--runs N]
  The sandbox is up and deployed: flotilla up <env>, bootstrap and deploy with --sandbox.
  --runs N       how many runs; 1 when absent, 5 of a switchover
  --seed N       of the first run, the others count up; drawn from the clock when absent, and printed
  --faults K,…   only these kinds: ${FAULT_KINDS.join(', ')}
  --roles R,…    only these: ${ROLES.join(', ')}
  --most N       faults in one run at most; 3 when absent
  --lasting      only faults that take the primary, each until it would have been replaced: what a replacement costs
  --by-command   fail over by command also where an engine of consensus would do it by itself
  --out DIR      records and summary; .flotilla/drills/<env> when absent
  Exit code 1 when a run broke a promise of its mode.
  Example: flotilla drill failover lab/postgres database --runs 3
  --json         { ok, summary } or { ok, switchovers }`,
  positionals: ['what', 'env', 'service'],
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    faults: { type: 'string' },
    roles: { type: 'string' },
    most: { type: 'string' },
    lasting: { type: 'boolean' },
    'by-command': { type: 'boolean' },
    out: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const what = WHAT.find((known) => known === given.what);
    if (what === undefined) throw usage(`there is no drill "${given.what}": ${WHAT.join(' or ')}`);
    const runs = wholeNumber('runs', values.runs) ?? (what === 'switchover' ? 5 : 1);
    const seed = wholeNumber('seed', values.seed) ?? Math.floor(context.clock.now() / 1000);
    const mostFaults = wholeNumber('most', values.most);
    const kinds = wordsOf('kind of fault', values.faults, FAULT_KINDS);
    const roles = wordsOf('role', values.roles, ROLES);
    const fleet = openDeclaredFleet({ env: given.env, sandbox: true }, context);
    return withServers({ fleet, choice: { identity: undefined }, context }, async (servers) => {
      const stage = await openStage(context, fleet.environment, { service: given.service, servers });
      if (what === 'switchover') {
        const switchovers = await runSwitchovers(stage, runs);
        context.write(context.json ? toJson({ ok: true, switchovers }) : `${formatSwitchovers(switchovers)}\n`);
        return switchovers.every(({ lost, late }) => lost + late === 0) ? exitCodes.done : exitCodes.failed;
      }
      context.say(`drill: seed ${seed}`);
      const summary = await runCampaign(stage, {
        seed,
        runs,
        isLasting: values.lasting === true,
        byCommand: values['by-command'] === true,
        folder: outFolder(context, values.out ?? join('.flotilla', 'drills', fleet.environment.environment)),
        ...(mostFaults === undefined ? {} : { mostFaults }),
        ...(kinds === undefined ? {} : { kinds }),
        ...(roles === undefined ? {} : { roles }),
      });
      const ok = summary.totals.broken === 0;
      context.write(context.json ? toJson({ ok, summary }) : `${formatSummary(summary)}\n`);
      return ok ? exitCodes.done : exitCodes.failed;
    });
  },
});

function usage(detail: string): FlotillaError {
  return new FlotillaError('CLI_USAGE', { detail, command: 'drill --help' });
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw usage(`--${option} takes a whole number above zero, not "${text}"`);
}

/** Gives the words of a list with commas, each of which must be known. */
function wordsOf<W extends string>(
  what: string,
  text: string | undefined,
  known: readonly W[],
): readonly W[] | undefined {
  return text?.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw usage(`there is no ${what} "${word}": ${known.join(', ')}`);
    return found;
  });
}

function outFolder({ cwd, root }: Context, folder: string): string {
  if (isAbsolute(folder)) return folder;
  return folder.startsWith('.flotilla') ? join(root, folder) : resolve(cwd, folder);
}
