import { writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';

import type { RemoteFleet, SecretStore } from '@flotilla/exec';
import type { FailoverEvent, FailoverTools, GuardedTarget } from '@flotilla/failover';
import { controlOf, FlotillaError, isDatabase, serversOf, votersOf } from '@flotilla/model';
import type { Environment, Power } from '@flotilla/model';

import type { Context } from '../command.ts';
import { toJson } from '../reporters/json.ts';

/** Options of every command that writes a record. */
export const recordOptions = { record: { type: 'string' }, reason: { type: 'string' } } as const;

/** What those options mean, for the usage of a command. */
export const RECORD_USAGE = `  --reason W       why, in your own words, for the record that every server keeps
  --record FILE    writes that record to a file as well`;

/** Gives every guarded service of an environment, by name; sorted. */
export function guardedTargets(environment: Environment): readonly GuardedTarget[] {
  return Object.entries(environment.services)
    .flatMap(([service, definition]): GuardedTarget[] => {
      if (!isDatabase(definition)) return [];
      const { kind, port } = definition;
      const members = serversOf(definition);
      const voters = votersOf(definition);
      const control = controlOf(definition);
      return [{ environment: environment.environment, service, kind, control, members, voters, port }];
    })
    .toSorted((left, right) => (left.service < right.service ? -1 : 1));
}

/** Gives the guarded service of that name. Throws FAILOVER_UNKNOWN_SERVICE. */
export function guardedTarget(environment: Environment, service: string): GuardedTarget {
  const targets = guardedTargets(environment);
  const target = targets.find((candidate) => candidate.service === service);
  if (target !== undefined) return target;
  throw new FlotillaError('FAILOVER_UNKNOWN_SERVICE', {
    service,
    environment: environment.environment,
    known: targets.map((candidate) => candidate.service),
  });
}

/** Throws FAILOVER_NOT_A_MEMBER for a server that a call names and that holds no data of the service; `undefined` names none. */
export function checkMember({ service, members }: GuardedTarget, server: string | undefined): void {
  if (server === undefined || members.includes(server)) return;
  throw new FlotillaError('FAILOVER_NOT_A_MEMBER', { service, server, members });
}

/** What a call of the data tier is about. */
export type DataTierCall = {
  readonly servers: RemoteFleet;
  readonly target: GuardedTarget;
  /** Passwords of power drivers; absent where none is asked for. */
  readonly secrets?: SecretStore;
  /** `--reason`: why, for the record. */
  readonly why?: string | undefined;
  /** `--record`: a file that the record is written to as well. */
  readonly record?: string | undefined;
  /** Stops the command when it aborts; absent inside another command, which stops at its own safe points. */
  readonly signal?: AbortSignal;
};

/** Gives what the commands of the data tier work with; their steps are said on stderr as they happen. */
export function failoverTools(
  context: Context,
  environment: Environment,
  { servers, target, secrets, why, record, signal }: DataTierCall,
): FailoverTools {
  return {
    fleet: servers,
    target,
    runner: context.runner,
    clock: context.clock,
    power: powerDrivers(environment),
    ...(secrets === undefined ? {} : { secrets }),
    holder: operator(context),
    ...(why === undefined ? {} : { why }),
    ...(signal === undefined ? {} : { signal }),
    onEvent: (event) => context.say(eventLine(event)),
    ...(record === undefined
      ? {}
      : { onRecord: (written) => writeFileSync(resolve(context.cwd, record), toJson(written)) }),
  };
}

/** Gives who runs this call, for locks and records: a workflow run, or a person at a machine. */
export function operator({ variables }: Pick<Context, 'variables'>): string {
  const run = variables['GITHUB_RUN_ID'];
  if (run !== undefined) return `workflow run ${run} of ${variables['GITHUB_ACTOR'] ?? 'unknown'}`;
  return `${accountName()}@${hostname()}`;
}

/** The variables that name an account are not set by cron and in containers. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account that the system has no name for.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Gives the power drivers that are declared, by server. */
export function powerDrivers(environment: Environment): Readonly<Record<string, Power>> {
  const entries = Object.entries(environment.servers);
  return Object.fromEntries(entries.flatMap(([name, { power }]) => (power === undefined ? [] : [[name, power]])));
}

function eventLine({ step, detail, atMs }: FailoverEvent): string {
  return `${(atMs / 1000).toFixed(2).padStart(7)} s  ${step.padEnd(9)} ${detail}`;
}
