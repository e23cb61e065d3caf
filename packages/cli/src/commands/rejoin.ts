import { rejoin as bringBack } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { failoverTools, guardedTarget } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { rejoinLines } from '../reporters/failover-text.ts';
import { toJson } from '../reporters/json.ts';

/** Returns a superseded server as a replica and says what only it had. */
export const rejoin = defineCommand({
  name: 'rejoin',
  summary: 'returns a superseded server as a replica and says what only it had',
  usage: `flotilla rejoin <env> <service> <server> [--sandbox] [--identity FILE]
  Keeps the server's diverged data aside, lets it follow the primary, and counts the commits that were lost.
  --json   { ok, report: { server, primary, divergence?: { commits, keptIn }, tookMs } }`,
  positionals: ['env', 'service', 'server'],
  options: { ...fleetOptions, ...connectionOptions },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, given.service);
    const choice = { identity: values.identity };
    const report = await withServers({ fleet, choice, context }, (servers) =>
      bringBack(failoverTools(context, fleet.environment, { servers, target }), given.server),
    );
    context.write(context.json ? toJson({ ok: true, report }) : `${rejoinLines(report).join('\n')}\n`);
    return exitCodes.done;
  },
});
