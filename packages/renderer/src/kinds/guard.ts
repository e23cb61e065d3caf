import { compareText, controlOf, databaseSecrets, GUARD_PORT, GUARD_UNIT, paths, unitFolder } from '@flotilla/model';
import type { DatabaseService, GuardConfig, GuardedService, Health } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { configPath } from '../draft.ts';
import type { UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { SECRETS_MOUNT } from '../guarded.ts';
import { sentinelAddresses } from '../redis/sentinel.ts';

/** The guard's image unless `images.guard` names another. */
const DEFAULT_GUARD_IMAGE = 'ghcr.io/flotilla/guard:0.1.0';

const MEMORY_BYTES = 128 * 2 ** 20;
const STOP_GRACE_MS = 10_000;
const HEALTH: Health = { http: '/health', interval: 1_000, timeout: 2_000, fall: 3, rise: 1, grace: 60_000 };

/** Gives the unit of the guard, which every server of an environment with a guarded service runs. */
export function draftGuard(
  fleet: Fleet,
  { server, host }: Pick<Place, 'server' | 'host'>,
  guardPart: string,
): UnitDraft {
  const environment = fleet.environment.environment;
  const members = fleet.databases.map(([name]) => name).filter((name) => placedOn(fleet, name).has(server));
  return {
    unit: {
      server,
      service: GUARD_UNIT,
      kind: 'guard',
      tier: 'platform',
      image: fleet.environment.images.guard ?? DEFAULT_GUARD_IMAGE,
      publishes: [],
      memoryBytes: MEMORY_BYTES,
      cpus: undefined,
      gates: [{ kind: 'http', host, port: GUARD_PORT, path: HEALTH.http, health: HEALTH }],
      secretEnv: [],
      secretFiles: fleet.databases
        .filter(([name]) => members.includes(name))
        .flatMap(secretsOf)
        .sort(),
      directories: [
        paths.guardControl(environment),
        ...members.map((name) => paths.guardRun(environment, name)),
        paths.terms(environment),
      ].sort(),
    },
    container: {
      network: { kind: 'host' },
      environment: { FLOTILLA_GUARD_CONFIG: configPath('guard.json') },
      mounts: [
        configMount(fleet, GUARD_UNIT),
        sameMount(paths.terms(environment)),
        sameMount(`/run/flotilla/${environment}`),
        ...(members.length > 0 ? [`${paths.secretFolder(environment, GUARD_UNIT)}:${SECRETS_MOUNT}:ro`] : []),
      ],
      stopGraceMs: STOP_GRACE_MS,
    },
    files: [
      {
        path: `${unitFolder(GUARD_UNIT)}/guard.json`,
        text: `{\n  "environment": ${JSON.stringify(environment)},\n  "server": ${JSON.stringify(server)},\n${guardPart}`,
        mode: 0o644,
        effect: 'recreate',
      },
    ],
  };
}

/** A guard that tells its engine whom to follow must say as whom. Redis has one password alone. */
function secretsOf([name, { kind }]: Fleet['databases'][number]): readonly string[] {
  if (kind === 'redis') return [databaseSecrets.superuser(name)];
  const isTold = kind === 'mysql' || kind === 'mariadb';
  return [databaseSecrets.guard(name), ...(isTold ? [databaseSecrets.replication(name)] : [])];
}

/** Gives the end of `guard.json`, which is the same on every server and is what grows with the fleet. */
export function sharedGuardConfig(fleet: Fleet): string {
  const config: Pick<GuardConfig, 'servers' | 'services'> = {
    servers: Object.fromEntries(fleet.hosts),
    services: fleet.databases.map(([service, database]): GuardedService => ({
      service,
      kind: database.kind,
      control: controlOf(database),
      // In an order that is not that of preference: another `primary:` changes no guard.
      members: [...placedOn(fleet, service)].sort(compareText),
      port: database.port,
      ...(database.closeAfter === undefined ? {} : { closeAfterMs: database.closeAfter }),
      ...('synchronous' in database && database.synchronous !== undefined ? { synchronous: database.synchronous } : {}),
      ...sentinelsOf(fleet, database),
    })),
  };
  return `${JSON.stringify(config, null, 2).slice('{\n'.length)}\n`;
}

function sentinelsOf(fleet: Fleet, database: DatabaseService): Pick<GuardedService, 'sentinels'> {
  const sentinels = database.kind === 'redis' ? sentinelAddresses(fleet, database) : [];
  return sentinels.length > 0 ? { sentinels } : {};
}

function sameMount(path: string): string {
  return `${path}:${path}`;
}
