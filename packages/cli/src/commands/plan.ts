import { planDeploy, wouldChange } from '@flotilla/deployer';
import type { DeployForecast } from '@flotilla/deployer';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseServers, serverOption } from '../fleet/choose-servers.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { fleetOptions, openFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';
import { planLines } from '../reporters/plan-text.ts';

/** Says what a deploy would change on the real fleet, server by server. */
export const plan = defineCommand({
  name: 'plan',
  summary: 'says what a deploy would change on the real fleet, server by server',
  usage: `flotilla plan <env> [--server NAME]… [--exit-code] [--sandbox] [--identity FILE]
  Asks every server once, in parallel, and changes nothing. Exit code 5 when a server did not answer.
  --exit-code   exit with 3 when a deploy would change something
  --json        { ok, environment, digest, changes, servers: [{ server, unreachable?, hold?, changes: [{ service, kind, release?, reasons }], kept }], costs: [{ server, service, unavailability }], waves: [{ kind, servers, handOvers: [{ service, from, candidates }] }], leftDrained }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...connectionOptions, ...serverOption, 'exit-code': { type: 'boolean' } },
  run: async (context, { given, values }) => {
    const fleet = openFleet({ env: given.env, sandbox: values.sandbox }, context);
    const only = values.server === undefined ? {} : { only: chooseServers(fleet.environment, values.server) };
    const choice = { identity: values.identity };
    const forecast = await withServers({ fleet, choice, context }, (servers) =>
      planDeploy({ fleet: servers, tree: fleet.tree, ...only }),
    );
    if (context.json) context.write(toJson(toObject(forecast)));
    else context.write(`${planLines(forecast).join('\n')}\n`);
    if (values['exit-code'] === true && wouldChange(forecast)) return exitCodes.changes;
    return forecast.servers.some(({ unreachable }) => unreachable !== undefined) ? exitCodes.partly : exitCodes.done;
  },
});

function toObject(forecast: DeployForecast) {
  const { environment, digest, servers, costs, waves, leftDrained } = forecast;
  return {
    ok: true,
    environment,
    digest,
    changes: wouldChange(forecast),
    servers: servers.map(({ changes, ...server }) => ({
      ...server,
      changes: changes.map(({ service, kind, unit, reasons }) => ({
        service,
        kind,
        ...(unit === undefined ? {} : { release: unit.hash }),
        reasons,
      })),
    })),
    costs,
    waves: waves.map(({ kind, groups }) => ({
      kind,
      servers: groups.map(({ server }) => server),
      handOvers: groups.flatMap((group) => group.handOvers),
    })),
    leftDrained,
  };
}
