import { askPower } from '@flotilla/failover';
import type { PowerAnswer } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseServers, serverOption } from '../fleet/choose-servers.ts';
import { powerDrivers } from '../fleet/guarded-service.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';

/** Asks every power driver for the state of its machine. */
export const power = defineCommand({
  name: 'power',
  summary: 'asks the power drivers as a fence would, and switches nothing',
  usage: `flotilla power <env> [--server NAME]… [--sandbox]
  Says for each server with a power driver whether the driver answers here, as whoever calls: what a failover would rely on when SSH
  no longer reaches a machine. Exit code 1 when one does not answer.
  --json   { ok, environment, servers: [{ server, asked, answers, isOff, detail }], without: [server] }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...serverOption },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const drivers = powerDrivers(fleet.environment);
    const chosen = chooseServers(fleet.environment, values.server);
    const tools = { runner: context.runner, secrets: secretStore(fleet, context) };
    const servers = await Promise.all(
      chosen.flatMap((server) => {
        const driver = drivers[server];
        return driver === undefined ? [] : [askPower(driver, tools).then((answer) => ({ server, ...answer }))];
      }),
    );
    const without = chosen.filter((server) => drivers[server] === undefined);
    const ok = servers.every(({ answers }) => answers);
    if (context.json) context.write(toJson({ ok, environment: given.env, servers, without }));
    else context.write(`${[...servers.map(line), ...without.map(bare)].join('\n')}\n`);
    return ok ? exitCodes.done : exitCodes.failed;
  },
});

function line({ server, asked, answers, isOff, detail }: PowerAnswer & { readonly server: string }): string {
  if (!answers) return `${server}: NO ANSWER from ${asked}: ${detail}`;
  return `${server}: ${isOff ? 'off' : 'not off'}; ${asked} says "${detail}"`;
}

function bare(server: string): string {
  return `${server}: no power driver; only SSH or the other servers could fence it`;
}
