import type { RemoteFleet } from '@flotilla/exec';
import { assess, listKept, observeService, readMemory } from '@flotilla/failover';
import type { GuardedTarget } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import type { Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { guardedTargets } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';
import { statusLines } from '../reporters/status-text.ts';
import type { ServiceStatus } from '../reporters/status-text.ts';

/** Says who is primary, who follows and how far behind, as observed now. */
export const status = defineCommand({
  name: 'status',
  summary: 'says who is primary, who follows and how far behind, as observed now',
  usage: `flotilla status <env> [--sandbox] [--identity FILE]
  Asks every server once, in parallel. Exit code 4 when a service is not in full health.
  --json   { ok, environment, services: [{ service, health, term?, primary?, members, votes, last?, kept }] }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...connectionOptions },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const choice = { identity: values.identity };
    const services = await withServers({ fleet, choice, context }, (servers) =>
      Promise.all(guardedTargets(fleet.environment).map((target) => statusOf(servers, target, context))),
    );
    const isWell = services.every(({ health }) => health === 'ok');
    if (context.json) context.write(toJson({ ok: isWell, environment: given.env, services }));
    else context.write(`${services.flatMap(statusLines).join('\n')}\n`);
    return isWell ? exitCodes.done : exitCodes.unhealthy;
  },
});

async function statusOf(servers: RemoteFleet, target: GuardedTarget, { clock }: Context): Promise<ServiceStatus> {
  const [view, { last }, kept] = await Promise.all([
    observeService(servers, target, clock),
    readMemory(servers, target),
    listKept(servers, target),
  ]);
  return { ...assess(view), ...(last === undefined ? {} : { last }), kept };
}
