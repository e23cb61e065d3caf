import type { RemoteFleet } from '@flotilla/exec';
import { failover as takeOver, previewFailover } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { failoverTools, guardedTarget } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { failoverLines, previewLine } from '../reporters/failover-text.ts';
import { toJson } from '../reporters/json.ts';

/** Makes a replica primary after the old primary was lost and proved to be out. */
export const failover = defineCommand({
  name: 'failover',
  summary: 'makes a replica primary after the old primary was lost and proved to be out',
  usage: `flotilla failover <env> <service> [--to SERVER] --accept-loss [--yes SERVICE] [--dry-run] [--unfenced WORDS] [--sandbox] [--identity FILE]
  Refuses while the primary is healthy or another server still sees it.
  --to S           the replica that takes over; the one that holds most when absent
  --accept-loss    acknowledged writes that it had not received may be lost
  --yes S          the service's name, instead of typing it when asked
  --dry-run        only decide: says who would take over, or why it is refused, and changes nothing
  --unfenced W     your own words that the old primary is out, when neither SSH nor power can prove it
  --json           { ok, report: { from, to, term, fence, loss, toProofMs, proofToOpenMs, events } }`,
  positionals: ['env', 'service'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    to: { type: 'string' },
    yes: { type: 'string' },
    'accept-loss': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    unfenced: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, given.service);
    const choice = { identity: values.identity };
    const to = values.to === undefined ? {} : { to: values.to };
    const tools = (servers: RemoteFleet) => failoverTools(context, fleet.environment, { servers, target });
    if (values['dry-run'] === true) {
      const decision = await withServers({ fleet, choice, context }, (servers) => previewFailover(tools(servers), to));
      context.write(context.json ? toJson({ ok: true, decision }) : `${previewLine(given.service, decision)}\n`);
      return exitCodes.done;
    }
    const question = `A replica of ${given.service} takes over; the old primary is fenced.`;
    await confirmService(given.service, values.yes, question);
    const unfenced = values.unfenced === undefined ? {} : { unfenced: values.unfenced };
    const options = { acceptLoss: values['accept-loss'] === true, ...to, ...unfenced };
    const report = await withServers({ fleet, choice, context }, (servers) => takeOver(tools(servers), options));
    context.write(context.json ? toJson({ ok: true, report }) : `${failoverLines(report).join('\n')}\n`);
    return exitCodes.done;
  },
});
