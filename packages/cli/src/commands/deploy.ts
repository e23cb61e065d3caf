import { deploy as applyTree } from '@flotilla/deployer';
import type { DeployReport } from '@flotilla/deployer';
import { switchover } from '@flotilla/failover';
import { gateUnit } from '@flotilla/healthchecks';
import { FlotillaError } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { chooseServers, serverOption } from '../fleet/choose-servers.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { failoverTools, guardedTarget, operator } from '../fleet/guarded-service.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openFleet } from '../open-fleet.ts';
import { deployLine, deployLines } from '../reporters/deploy-text.ts';
import { errorLines } from '../reporters/error.ts';
import { toJson } from '../reporters/json.ts';

/** Makes the fleet run what the environment says, server by server, behind health gates. */
export const deploy = defineCommand({
  name: 'deploy',
  summary: 'makes the fleet run what the environment says, server by server, behind health gates',
  usage: `flotilla deploy <env> [--server NAME]… [--plan DIGEST] [--reason WORDS] [--sandbox] [--identity FILE]
  Changes only what differs. When a gate fails, every stateless unit that was changed returns to its previous release and the
  exit code is 1. Exit code 5 when a server was offline. Databases hold where they are; a change that restarts one goes to its replicas
  first, then its primary's role moves to one of them and stays there, then the old primary changes.
  --plan DIGEST   refuse unless the fleet renders to this digest, the one that was reviewed
  --json          { ok, report: { outcome, digest, servers: [{ server, isReachable, units: [{ service, state, release? }] }], handOvers: [{ service, from, to }] } }`,
  positionals: ['env'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    ...serverOption,
    plan: { type: 'string' },
    reason: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const fleet = openFleet({ env: given.env, sandbox: values.sandbox }, context);
    const { tree, environment } = fleet;
    if (values.plan !== undefined && values.plan !== tree.digest) {
      throw new FlotillaError('CLI_STALE_PLAN', { environment: given.env, wanted: values.plan, found: tree.digest });
    }
    const only = values.server === undefined ? {} : { only: chooseServers(environment, values.server) };
    const choice = { identity: values.identity };
    const report = await withServers({ fleet, choice, context }, (servers) =>
      applyTree({
        fleet: servers,
        tree,
        secrets: secretStore(fleet, context),
        gate: gateUnit,
        handOver: async (service, to) => {
          const target = guardedTarget(environment, service);
          await switchover(failoverTools(context, environment, { servers, target }), to);
        },
        clock: context.clock,
        signal: context.signal,
        events: (event) => {
          const line = deployLine(event);
          if (line !== undefined) context.say(line);
        },
        holder: operator(context),
        reason: values.reason ?? `deploy of ${tree.digest.slice(0, 12)}`,
        ...only,
      }),
    );
    if (context.json) context.write(toJson({ ok: exitCodeOf(report) === exitCodes.done, report }));
    else context.write(`${deployLines(report).join('\n')}\n`);
    if (report.reason !== undefined) for (const line of errorLines(report.reason, context)) context.say(line);
    return exitCodeOf(report);
  },
});

function exitCodeOf({ outcome }: DeployReport): ExitCode {
  switch (outcome) {
    case 'unchanged':
    case 'done':
      return exitCodes.done;
    case 'partly':
      return exitCodes.partly;
    case 'returned':
    case 'failed':
      return exitCodes.failed;
    default:
      throw new Error(`unreachable: ${String(outcome satisfies never)}`);
  }
}
