import { assess, observeService } from '@flotilla/failover';
import type { Assessment } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { guardedTargets } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';
import { statusLines } from '../reporters/status-text.ts';

/** Says who is primary, who follows and how far behind, as observed now. */
export const status = defineCommand({
  name: 'status',
  summary: 'says who is primary, who follows and how far behind, as observed now',
  usage: `flotilla status <env> [--sandbox] [--identity FILE]
  Asks every server once, in parallel. Exit code 4 when a service is not in full health.
  --json   { ok, environment, services: [{ service, health, term, primary?, members, votes }] }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...connectionOptions },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const choice = { identity: values.identity };
    const services = await withServers({ fleet, choice, context }, (servers) =>
      Promise.all(
        guardedTargets(fleet.environment).map(async (target): Promise<Assessment> =>
          assess(await observeService(servers, target, context.clock)),
        ),
      ),
    );
    const isWell = services.every(({ health }) => health === 'ok');
    if (context.json) context.write(toJson({ ok: isWell, environment: given.env, services }));
    else context.write(`${services.flatMap(statusLines).join('\n')}\n`);
    return isWell ? exitCodes.done : exitCodes.unhealthy;
  },
});
