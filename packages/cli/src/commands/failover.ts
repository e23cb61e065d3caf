import type { RemoteFleet } from '@flotilla/exec';
import { describeLoss, failover as takeOver, previewFailover } from '@flotilla/failover';
import type { FailoverForecast, FailoverOptions } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkConfirmable, confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { checkMember, failoverTools, guardedTarget, RECORD_USAGE, recordOptions } from '../fleet/guarded-service.ts';
import { offerPatch, PATCH_USAGE, patchOption } from '../fleet/offer-patch.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { failoverLines, previewLine } from '../reporters/failover-text.ts';
import { hintFor } from '../reporters/hint.ts';
import { toJson } from '../reporters/json.ts';

/** Makes a replica primary after the old primary was lost and proved to be out. */
export const failover = defineCommand({
  name: 'failover',
  summary: 'makes a replica primary after the old primary was lost and proved to be out',
  usage: `flotilla failover <env> <service> [--to SERVER] [--accept-loss] [--yes SERVICE] [--dry-run] [--unfenced WORDS] [--sandbox] [--identity FILE]
  Refuses while the primary is healthy or another server still sees it. Says what would be lost before it asks.
  --to S           the replica that takes over; the one that holds most when absent
  --accept-loss    acknowledged writes that it had not received may be lost; needed unless nothing can be lost
  --yes S          the service's name, instead of typing it when asked
  --dry-run        only decide: says who would take over, or why it is refused, and changes nothing
  --unfenced W     your own words that the old primary is out, when neither SSH nor power nor isolation can prove it
  --despite-quiet-period   although the last failover was less than ten minutes ago
${PATCH_USAGE}
${RECORD_USAGE}
  --json           { ok, report: { from, to, term?, fence, loss?, toProofMs, proofToOpenMs, probe, events } }`,
  positionals: ['env', 'service'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    ...recordOptions,
    ...patchOption,
    to: { type: 'string' },
    yes: { type: 'string' },
    'accept-loss': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    'despite-quiet-period': { type: 'boolean' },
    unfenced: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const { service } = given;
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, service);
    checkMember(target, values.to);
    const secrets = secretStore(fleet, context);
    const { reason: why, record } = values;
    const { signal } = context;
    const connection = { fleet, choice: { identity: values.identity }, context };
    const tools = (servers: RemoteFleet) =>
      failoverTools(context, fleet.environment, { servers, target, secrets, why, record, signal });
    const choice = {
      ...(values.to === undefined ? {} : { to: values.to }),
      isDespiteQuiet: values['despite-quiet-period'] === true,
    };
    if (values['dry-run'] === true) {
      const decision = await withServers(connection, (servers) => previewFailover(tools(servers), choice));
      context.write(context.json ? toJson({ ok: true, decision }) : `${previewLine(service, decision)}\n`);
      return exitCodes.done;
    }
    checkConfirmable(service, values.yes);
    const options: FailoverOptions = {
      ...choice,
      acceptLoss: values['accept-loss'] === true,
      ...(values.unfenced === undefined ? {} : { unfenced: values.unfenced }),
      confirm: (forecast) =>
        confirmService({ service, yes: values.yes, question: question(service, forecast), signal }),
    };
    const report = await withServers(connection, (servers) => takeOver(tools(servers), options));
    context.write(context.json ? toJson({ ok: true, report }) : `${failoverLines(report).join('\n')}\n`);
    const { from } = report;
    const way = `hint: ${from} returns as a replica by: scripts/flotilla rejoin ${given.env} ${service} ${from}`;
    context.say(hintFor(way, context));
    offerPatch(fleet, context, { service, to: report.to, file: values.patch });
    return exitCodes.done;
  },
});

function question(service: string, forecast: FailoverForecast): string {
  const { from, to, fence, loss } = forecast;
  return `${to} takes over ${service} from ${from}; ${fence.join(' and ')} will be fenced. ${describeLoss(forecast, loss)}.`;
}
