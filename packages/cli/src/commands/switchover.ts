import { switchover as handOver } from '@flotilla/failover';
import { FlotillaError } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { failoverTools, guardedTarget } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { failoverLines } from '../reporters/failover-text.ts';
import { toJson } from '../reporters/json.ts';

/** Hands the role of a healthy primary to a replica without losing a write. */
export const switchover = defineCommand({
  name: 'switchover',
  summary: 'hands the role of a healthy primary to a replica without losing a write',
  usage: `flotilla switchover <env> <service> --to SERVER [--yes SERVICE] [--sandbox] [--identity FILE]
  --to S     the replica that becomes primary
  --yes S    the service's name, instead of typing it when asked
  --json     { ok, report: { from, to, term, toProofMs, proofToOpenMs, events } }`,
  positionals: ['env', 'service'],
  options: { ...fleetOptions, ...connectionOptions, to: { type: 'string' }, yes: { type: 'string' } },
  run: async (context, { given, values }) => {
    const { to } = values;
    if (to === undefined)
      throw new FlotillaError('CLI_USAGE', { detail: '--to is missing', command: 'switchover --help' });
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, given.service);
    await confirmService(
      given.service,
      values.yes,
      `${to} becomes primary of ${given.service}; writes pause for a moment.`,
    );
    const choice = { identity: values.identity };
    const report = await withServers({ fleet, choice, context }, (servers) =>
      handOver(failoverTools(context, fleet.environment, { servers, target }), to),
    );
    context.write(context.json ? toJson({ ok: true, report }) : `${failoverLines(report).join('\n')}\n`);
    return exitCodes.done;
  },
});
