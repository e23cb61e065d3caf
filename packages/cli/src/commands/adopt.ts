import { adopt as takeOver, checkAdoptable } from '@flotilla/failover';
import type { Adoption, AdoptionPlan } from '@flotilla/failover';
import { FlotillaError, formatSize, isDatabase } from '@flotilla/model';
import type { DatabaseService } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkConfirmable, confirmService } from '../fleet/confirm.ts';
import { connectionOptions, withServers } from '../fleet/connect.ts';
import { failoverTools, guardedTarget } from '../fleet/guarded-service.ts';
import { secretStore } from '../fleet/secret-store.ts';
import { fleetOptions, openDeclaredFleet, openFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';
import { deploy } from './deploy.ts';

/** Takes over a running database, with its data where they are, as the first primary of a service. */
export const adopt = defineCommand({
  name: 'adopt',
  summary: 'takes over a running database as the first primary of a service, without copying its data',
  usage: `flotilla adopt <env> <service> --container NAME [--yes SERVICE] [--sandbox] [--identity FILE]
  The container runs on the server of the preferred primary, on the contract of the official image, with its data on a volume. Its data
  get their new place by a rename, then a deploy opens them as the first primary and the replicas copy it. It serves nobody from its
  stop until then: a clean stop, and as long as a deploy of the service takes. Its databases, accounts and passwords stay; the superuser's
  must be the one in the secrets file (not of PostgreSQL), and an account named like a declared database gets that of its secret.
  --container C   the container that runs it now; it is kept, stopped, for the way back
  --yes S         the service's name, instead of typing it when asked
  --json          { ok, plan: { server, container, source, target, sizeBytes, notes, undo } }, then what deploy prints`,
  positionals: ['env', 'service'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    container: { type: 'string' },
    yes: { type: 'string' },
  },
  run: async (context, { given, values }) => {
    const { env, service } = given;
    const { container } = values;
    // Before anything else that may be missing: whoever has all of that would still be refused.
    const declared = openDeclaredFleet({ env, sandbox: values.sandbox }, context);
    checkAdoptable(guardedTarget(declared.environment, service));
    if (container === undefined) {
      throw new FlotillaError('CLI_USAGE', { detail: '--container is missing', command: 'adopt --help' });
    }
    const fleet = openFleet({ env, sandbox: values.sandbox }, context);
    const target = guardedTarget(fleet.environment, service);
    const definition = fleet.environment.services[service];
    if (!isDatabase(definition)) throw new Error(`${service} is guarded and no database`);
    checkConfirmable(service, values.yes);
    const secrets = secretStore(fleet, context);
    const confirm = async (plan: AdoptionPlan) => {
      for (const line of planLines(service, plan)) context.say(line);
      const question = `${container} stops, and ${service} opens when the deploy has come to it.`;
      await confirmService({ service, yes: values.yes, question, signal: context.signal });
    };
    const plan = await withServers({ fleet, choice: { identity: values.identity }, context }, (servers) =>
      takeOver(failoverTools(context, fleet.environment, { servers, target }), {
        container,
        declared: declaredOf(definition),
        secrets,
        confirm,
      }),
    );
    context.write(
      context.json ? toJson({ ok: true, plan }) : `${service}: its data are in ${plan.target} on ${plan.server}\n`,
    );
    const reason = `adoption of ${container} as ${service}`;
    const { sandbox, identity } = values;
    const choice = { ...(sandbox === undefined ? {} : { sandbox }), ...(identity === undefined ? {} : { identity }) };
    const code = await deploy.run(context, { given: { env }, rest: [], values: { ...choice, reason } });
    if (code !== exitCodes.done) for (const line of undoLines(plan)) context.say(line);
    return code;
  },
});

function declaredOf(service: DatabaseService): Adoption['declared'] {
  const { image, memory, tuning } = service;
  return { image, memoryBytes: memory, tuning, databases: service.kind === 'redis' ? [] : service.databases };
}

function planLines(service: string, plan: AdoptionPlan): readonly string[] {
  return [
    `${plan.container} on ${plan.server} becomes ${service}: ${formatSize(plan.sizeBytes)} move by a rename`,
    `  from ${plan.source}`,
    `  to   ${plan.target}`,
    '  downtime: a clean stop, the rename, and a deploy until it opens the service, whose image is there already',
    ...plan.notes.map((note) => `  note: ${note}`),
    ...undoLines(plan),
  ];
}

function undoLines({ server, undo }: AdoptionPlan): readonly string[] {
  return [`  the way back, on ${server} as root:`, ...undo.map((command) => `    ${command}`)];
}
