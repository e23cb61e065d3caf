import type { RemoteFleet } from '@flotilla/exec';
import { assess, observeService, observeVoters, withElectorate } from '@flotilla/failover';
import type { Assessment, FailoverTools, GuardedTarget } from '@flotilla/failover';
import { databaseSecrets, FlotillaError, isDatabase, serversOf } from '@flotilla/model';
import type { DatabaseService, Environment } from '@flotilla/model';
import { openSandbox, readSecrets } from '@flotilla/sandbox';
import type { OracleTarget, Sandbox, WriteMode } from '@flotilla/sandbox';

import type { Context } from '../command.ts';
import { failoverTools, guardedTarget } from '../fleet/guarded-service.ts';
import { sandboxFolder } from '../fleet/sandbox-folder.ts';

/** A service in its sandbox, with everything that a drill works with. */
export type Stage = {
  readonly context: Context;
  readonly environment: Environment;
  readonly database: DatabaseService;
  readonly target: GuardedTarget;
  readonly tools: FailoverTools;
  readonly sandbox: Sandbox;
  /** A server with a data endpoint of the service and no data of it: where the drill's clients stand. */
  readonly client: string;
  /** Gives the oracle's target at an end of a tunnel. */
  readonly oracleAt: (end: { readonly host: string; readonly port: number }) => OracleTarget;
};

/**
 * Gives the stage of a drill on one service of a sandbox that is up and deployed. Throws FAILOVER_UNKNOWN_SERVICE,
 * CLI_DRILL_NO_CLIENT, SANDBOX_NOT_UP.
 */
export async function openStage(
  context: Context,
  environment: Environment,
  { service, servers }: { readonly service: string; readonly servers: RemoteFleet },
): Promise<Stage> {
  const target = guardedTarget(environment, service);
  const database = environment.services[service];
  if (!isDatabase(database)) throw new Error(`${service} is guarded and no database`);
  const client = clientOf(environment, target);
  if (client === undefined) {
    throw new FlotillaError('CLI_DRILL_NO_CLIENT', { service, environment: environment.environment });
  }
  const stateFolder = sandboxFolder(environment.environment, context);
  const sandbox = await openSandbox({ environment: environment.environment, stateFolder, runner: context.runner });
  const secrets = await readSecrets(sandbox.secretsFile);
  return {
    context,
    environment,
    database,
    target,
    tools: failoverTools(context, environment, { servers, target }),
    sandbox,
    client,
    oracleAt: (end) => oracleTarget(database, { service, secrets, end }),
  };
}

/** Looks at the service and at who votes about it, from every server. */
export async function lookAt({ tools, target, context }: Stage): Promise<Assessment> {
  const view = observeService(tools.fleet, target, context.clock);
  const [seen, electorate] = await Promise.all([view, observeVoters(tools.fleet, target, view)]);
  return withElectorate(assess(seen), electorate);
}

/** Gives the mode in which the service acknowledges. */
export function modeOf(database: DatabaseService): WriteMode {
  if (database.kind === 'mysql' && database.failover === 'automatic') return 'strict';
  return 'synchronous' in database && database.synchronous !== undefined ? database.synchronous : 'async';
}

function clientOf({ services }: Environment, { service, members }: GuardedTarget): string | undefined {
  const users = Object.values(services).filter(
    (candidate) =>
      'uses' in candidate && candidate.uses.some((use) => (typeof use === 'string' ? use : use.service) === service),
  );
  return users.flatMap(serversOf).find((server) => !members.includes(server));
}

type OracleAccess = {
  readonly service: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly end: { readonly host: string; readonly port: number };
};

function oracleTarget(database: DatabaseService, { service, secrets, end }: OracleAccess): OracleTarget {
  const secret = (name: string) => secrets.get(name) ?? '';
  if (database.kind === 'redis') {
    return { kind: 'redis', ...end, password: secret(databaseSecrets.superuser(service)) };
  }
  const name = database.databases[0] ?? '';
  const password = secret(databaseSecrets.owner(service, name));
  return { kind: database.kind, ...end, database: name, user: name, password };
}
