import type { Clock, RemoteFleet } from '@flotilla/exec';
import {
  assess,
  listIsolated,
  listKept,
  observeService,
  observeVoters,
  readMemory,
  withElectorate,
} from '@flotilla/failover';
import type { GuardedTarget, IsolatedServer } from '@flotilla/failover';

import { defineCommand } from '../command.ts';
import type { Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { guardedTargets } from '../fleet/guarded-service.ts';
import { fleetOptions, openDeclaredFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';
import { describeService } from '../reporters/service-status.ts';
import type { ServiceStatus } from '../reporters/service-status.ts';
import { statusLines } from '../reporters/status-text.ts';

/** Says who is primary, who follows and how far behind, as observed now. */
export const status = defineCommand({
  name: 'status',
  summary: 'says who is primary, who follows and how far behind, as observed now',
  usage: `flotilla status <env> [--sandbox] [--identity FILE]
  Asks every server once, in parallel. Exit code 4 when a service is not in full health: a replica that does not follow, a guard or a
  voter (Sentinel, etcd, group member) that does not answer, a member that is isolated.
  Example: flotilla status waybill
  --json   { ok, environment, services: [{ service, health, term?, primary?, members, votes,
             electorate?: { what, voters: [{ server, votes, reason }], needed, hasQuorum }, isolated: [{ server, on, since }], last?, kept,
             next: [{ kind: "deploy" | "failover" | "rejoin" | "start-servers", server?, servers? }] }] }`,
  positionals: ['env'],
  options: { ...fleetOptions, ...connectionOptions },
  run: async (context, { given, values }) => {
    const fleet = openDeclaredFleet({ env: given.env, sandbox: values.sandbox }, context);
    const choice = { identity: values.identity };
    const services = await withServers({ fleet, choice, context }, (servers) => {
      const isolated = listIsolated(servers);
      const targets = guardedTargets(fleet.environment);
      return Promise.all(targets.map(async (target) => statusOf({ servers, target, isolated }, context)));
    });
    const isWell = services.every(({ health }) => health === 'ok');
    if (context.json) context.write(toJson({ ok: isWell, environment: given.env, services }));
    else context.write(`${services.flatMap((each) => statusLines(each, context)).join('\n')}\n`);
    return isWell ? exitCodes.done : exitCodes.unhealthy;
  },
});

type Question = {
  readonly servers: RemoteFleet;
  readonly target: GuardedTarget;
  /** Asked once for all services. */
  readonly isolated: Promise<readonly IsolatedServer[]>;
};

async function statusOf({ servers, target, isolated }: Question, { clock }: Context): Promise<ServiceStatus> {
  const [{ view, electorate }, { last }, kept, cutOff] = await Promise.all([
    observe({ servers, target }, clock),
    readMemory(servers, target),
    listKept(servers, target),
    isolated,
  ]);
  return describeService(withElectorate(assess(view), electorate), { last, kept, isolated: cutOff });
}

/** The members of a group are told by the view; other voters are asked while it is taken. */
async function observe({ servers, target }: Pick<Question, 'servers' | 'target'>, clock: Clock) {
  const view = observeService(servers, target, clock);
  const [seen, electorate] = await Promise.all([view, observeVoters(servers, target, view)]);
  return { view: seen, electorate };
}
