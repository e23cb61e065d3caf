import { switchover as handOver } from '@flotilla/failover';
import { FlotillaError } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { checkMember, failoverTools, guardedTarget, RECORD_USAGE, recordOptions } from '../fleet/guarded-service.ts';
import { offerPatch, PATCH_USAGE, patchOption } from '../fleet/offer-patch.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { failoverLines } from '../reporters/failover-text.ts';
import { toJson } from '../reporters/json.ts';

/** Hands the role of a healthy primary to a replica without losing a write. */
export const switchover = defineCommand({
  name: 'switchover',
  summary: 'hands the role of a healthy primary to a replica without losing a write',
  usage: `flotilla switchover <env> <service> --to SERVER [--yes SERVICE] [--sandbox] [--identity FILE]
  --to S           the replica that becomes primary
  --yes S          the service's name, instead of typing it when asked
${PATCH_USAGE}
${RECORD_USAGE}
  --json           { ok, report: { from, to, term?, toProofMs, proofToOpenMs, probe, events } }`,
  positionals: ['env', 'service'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    ...recordOptions,
    ...patchOption,
    to: { type: 'string' },
    yes: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const { to, reason: why, record } = values;
    const { signal } = context;
    if (to === undefined)
      throw new FlotillaError('CLI_USAGE', { detail: '--to is missing', command: 'switchover --help' });
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const { service } = given;
    const target = guardedTarget(fleet.environment, service);
    checkMember(target, to);
    const secrets = secretStore(fleet, context);
    const question = `${to} becomes primary of ${service}; writes pause for a moment.`;
    await confirmService({ service, yes: values.yes, question, signal });
    const choice = { identity: values.identity };
    const report = await withServers({ fleet, choice, context }, (servers) =>
      handOver(failoverTools(context, fleet.environment, { servers, target, secrets, why, record, signal }), to),
    );
    context.write(context.json ? toJson({ ok: true, report }) : `${failoverLines(report).join('\n')}\n`);
    offerPatch(fleet, context, { service, to, file: values.patch });
    return exitCodes.done;
  },
});
