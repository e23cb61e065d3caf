import { controlOf, databaseSecrets, paths, unitFolder } from '@flotilla/model';
import type { FileEffect, RenderedFile, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import { configPath } from '../draft.ts';
import type { Container, UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { GUARD_GATE_GRACE_MS, RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { closedAccess, openAccess } from '../postgres/access.ts';
import { replicaFloors } from '../postgres/replica-floors.ts';
import { GUARD_ROLE, initScript, postgresSecretFiles } from '../postgres/roles.ts';
import { settingLine } from '../postgres/settings.ts';
import type { SettingValue } from '../postgres/settings.ts';
import { synchronousSettings } from '../postgres/synchronous.ts';
import { tunePostgres } from '../postgres/tuning.ts';
import type { Tuning } from '../postgres/tuning.ts';
import { publishPorts } from '../publishes.ts';
import { headerLine, joinLines } from '../text.ts';
import { draftPatroni } from './postgres-patroni.ts';

type Postgres = ServiceOfKind<'postgres'>;

const ENGINE_PORT = 5432;
const DATA_MOUNT = '/var/lib/postgresql/data';
/** A fast stop writes a checkpoint and ships what the replicas lack; Docker must not cut it short. */
const STOP_GRACE_MS = 120_000;
/** The wrapper copies the access rules anew on its own signal; the engine, where it runs, re-reads its settings on another. */
const RELOAD = [
  'sh',
  '-c',
  'kill -HUP 1; if [ -f "$PGDATA/postmaster.pid" ]; then kill -HUP "$(head -n 1 "$PGDATA/postmaster.pid")"; fi',
];

/**
 * Gives the unit of one member of a database: the official image under the guard's wrapper. The preferred primary and its
 * replicas get the same configuration, because roles change without a deploy.
 */
export function draftPostgres(fleet: Fleet, place: Place, service: Postgres): UnitDraft {
  if (controlOf(service) === 'patroni') return draftPatroni(fleet, place, service);
  const environment = fleet.environment.environment;
  const published = { port: service.port, containerPort: ENGINE_PORT, address: place.host };
  const data = paths.data(environment, place.service);
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'data',
      publishes: publishPorts(service, [published]),
      gates: [{ kind: 'guard', service: place.service, graceMs: GUARD_GATE_GRACE_MS }],
      container: containerOf(fleet, place, service),
      files: filesOf(fleet, place, service),
      reload: RELOAD,
      replicaFloors: replicaFloors(tuningOf(fleet, place, service)),
      secretFiles: postgresSecretFiles(place.service, service.databases),
      directories: [paths.guardRun(environment, place.service), data],
    },
  );
}

function containerOf(fleet: Fleet, place: Place, service: Postgres): Container {
  const environment = fleet.environment.environment;
  // The database's own name belongs to its endpoint, which may stand on the same server.
  const engine = `${place.service}-engine`;
  return {
    key: engine,
    network: { kind: 'shared', alias: engine },
    entrypoint: ['/bin/sh', configPath('guarded-postgres.sh')],
    stopSignal: 'SIGINT',
    stopGraceMs: Math.max(service.stopGrace, STOP_GRACE_MS),
    sharedMemoryBytes: Math.max(64 * 2 ** 20, Math.floor(service.memory / 8)),
    environment: {
      FLOTILLA_SERVER: place.server,
      FLOTILLA_SERVICE: place.service,
      PGDATA: `${DATA_MOUNT}/pgdata`,
      POSTGRES_INITDB_ARGS: '--data-checksums --auth-host=scram-sha-256',
      POSTGRES_PASSWORD_FILE: `${SECRETS_MOUNT}/${databaseSecrets.superuser(place.service)}`,
      POSTGRES_USER: 'postgres',
    },
    mounts: [
      configMount(fleet, place.service),
      `${paths.data(environment, place.service)}:${DATA_MOUNT}`,
      `${paths.guardRun(environment, place.service)}:${RUN_MOUNT}`,
      `${paths.secretFolder(environment, place.service)}:${SECRETS_MOUNT}:ro`,
      `${paths.current(environment, place.service)}/init:/docker-entrypoint-initdb.d:ro`,
    ],
    // As a role that may come in this way: anybody else leaves a line in the log each time.
    healthCommand: ['pg_isready', '-q', '-h', RUN_MOUNT, '-U', GUARD_ROLE, '-d', 'postgres'],
  };
}

function filesOf(fleet: Fleet, place: Place, service: Postgres): readonly RenderedFile[] {
  const environment = fleet.environment.environment;
  const title = headerLine(environment, `${place.service} on ${place.server}`);
  const tuning = tuningOf(fleet, place, service);
  const settings = (list: readonly (readonly [string, SettingValue])[]) =>
    joinLines([title, ...list.map(([name, value]) => settingLine(name, value))]);
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(place.service)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  return [
    file('guarded-postgres.sh', fleet.inputs.wrappers.postgres, 'restart'),
    file('init/10-flotilla.sh', joinLines(['#!/bin/sh', title, `exec sh ${configPath('roles.sh')}`]), 'none'),
    file('pg_hba.closed.conf', closedAccess(fleet, place), 'reload'),
    file('pg_hba.open.conf', openAccess(fleet, place, service), 'reload'),
    file('postgresql.conf', joinLines([title, ...MAIN_LINES]), 'restart'),
    file('reload.conf', settings(tuning.reload), 'reload'),
    file('restart.conf', settings(tuning.restart), 'restart'),
    file('roles.sh', initScript(environment, place.service, service), 'reload'),
    file('synchronous.conf', synchronousSettings(fleet, place, service), 'reload'),
  ];
}

/** A replica refuses to start with fewer workers or connections than its primary had, so the smallest member counts for all. */
function tuningOf(fleet: Fleet, place: Place, service: Postgres): Tuning {
  const cpus = [...placedOn(fleet, place.service)].map((server) => fleet.environment.servers[server]?.cpus ?? 1);
  return tunePostgres(service, { memoryBytes: service.memory, cpus: service.cpus ?? Math.min(...cpus) });
}

/** Ours stand last, because the last line wins. */
const MAIN_LINES = [
  "include 'restart.conf'",
  "include 'reload.conf'",
  "include 'synchronous.conf'",
  settingLine('listen_addresses', '*'),
  settingLine('port', ENGINE_PORT),
];
