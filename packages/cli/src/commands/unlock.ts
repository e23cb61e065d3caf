import { breakLock } from '@flotilla/exec';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseServers, serverOption } from '../fleet/choose-servers.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';

/** Breaks the locks that a dead tool left. */
export const unlock = defineCommand({
  name: 'unlock',
  summary: 'breaks the locks that a dead tool left',
  usage: `flotilla unlock <env> [--server NAME]… [--sandbox] [--identity FILE]
  A lock ends by itself a minute after its holder died, that of a failover after 15 s; break one only when you know that nobody
  works under it.
  --json   { ok, environment, broken: [{ server, holder, reason }] }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...connectionOptions, ...serverOption },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const chosen = chooseServers(fleet.environment, values.server);
    const name = fleet.environment.environment;
    const choice = { identity: values.identity };
    const owners = await withServers({ fleet, choice, context }, (servers) =>
      Promise.all(chosen.map(async (server) => ({ server, owner: await breakLock(servers.server(server), name) }))),
    );
    const broken = owners.flatMap(({ server, owner }) =>
      owner === undefined ? [] : [{ server, holder: owner.holder, reason: owner.reason }],
    );
    for (const { server, holder, reason } of broken) context.say(`${server}: was locked by ${holder} (${reason})`);
    if (context.json) context.write(toJson({ ok: true, environment: given.env, broken }));
    else context.say(`${broken.length} locks broken`);
    return exitCodes.done;
  },
});
