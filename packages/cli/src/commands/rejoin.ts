import { discardKept, hasEtcd, rejoin as bringBack } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { checkMember, failoverTools, guardedTarget, RECORD_USAGE, recordOptions } from '../fleet/guarded-service.ts';
import { saveInto } from '../fleet/save-into.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { discardedLine, rejoinLines } from '../reporters/failover-text.ts';
import { toJson } from '../reporters/json.ts';

/** Returns a superseded server as a replica and says what only it had; returns a voter of Patroni's as well. */
export const rejoin = defineCommand({
  name: 'rejoin',
  summary: 'returns a superseded server as a replica and says what only it had',
  usage: `flotilla rejoin <env> <service> <server> [--save DIR] [--power-on] [--sandbox] [--identity FILE]
  Keeps the server's diverged data aside, lets it follow the primary, and counts the commits that were lost.
  Under Patroni, a server whose etcd does not vote votes again: where its disk is empty, the others let it in as a new voter. That is all that
  happens on a server that only votes.
  --save DIR            also exports what it kept aside in a readable form into a folder
  --power-on            switches the machine on first, by its power driver
  --discard-kept NAME   instead: removes data that were kept aside, for good; status lists their names
  --yes S               the service's name, instead of typing it when asked to remove
${RECORD_USAGE}
  --json   { ok, report: { server, primary, follows, voter?: "started" | "replaced", divergence?: { commits, keptIn }, saved?: { path, sizeBytes, content }, tookMs } }`,
  positionals: ['env', 'service', 'server'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    ...recordOptions,
    save: { type: 'string' },
    'power-on': { type: 'boolean' },
    'discard-kept': { type: 'string' },
    yes: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const { service, server } = given;
    const { signal } = context;
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, service);
    const name = values['discard-kept'];
    if (name !== undefined || !hasEtcd(target, server)) checkMember(target, server);
    const secrets = secretStore(fleet, context);
    const connection = { fleet, choice: { identity: values.identity }, context };
    if (name !== undefined) {
      const question = `What ${server} keeps as ${name} is removed for good.`;
      await confirmService({ service, yes: values.yes, question, signal });
      const discarded = await withServers(connection, (servers) => discardKept(servers, target, { server, name }));
      context.write(context.json ? toJson({ ok: true, discarded }) : `${discardedLine(discarded)}\n`);
      return exitCodes.done;
    }
    const { reason: why, record } = values;
    const options = {
      powerOn: values['power-on'] === true,
      ...(values.save === undefined ? {} : { save: saveInto(values.save, context) }),
    };
    const report = await withServers(connection, (servers) =>
      bringBack(
        failoverTools(context, fleet.environment, { servers, target, secrets, why, record, signal }),
        server,
        options,
      ),
    );
    context.write(context.json ? toJson({ ok: true, report }) : `${rejoinLines(report).join('\n')}\n`);
    return exitCodes.done;
  },
});
