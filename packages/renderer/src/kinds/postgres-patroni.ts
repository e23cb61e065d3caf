import { DEFAULT_RTO_MS, paths, unitFolder } from '@flotilla/model';
import type { FileEffect, RenderedFile, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import { configPath } from '../draft.ts';
import type { Container, UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { GUARD_GATE_GRACE_MS, RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { DATA_MOUNT, PATRONI_PORT, patroniFiles, PGDATA } from '../patroni/config.ts';
import { patroniTimers } from '../patroni/timers.ts';
import { GUARD_ROLE, initScript, postgresSecretFiles } from '../postgres/roles.ts';
import { publishPorts } from '../publishes.ts';
import { headerLine, joinLines } from '../text.ts';

type Postgres = ServiceOfKind<'postgres'>;

const ENGINE_PORT = 5432;
/** A fast stop writes a checkpoint and ships what the replicas lack; Docker must not cut it short. */
const STOP_GRACE_MS = 120_000;
/** Patroni reads its files anew, and the wrapper hands what all members share to etcd. */
const RELOAD = ['sh', '-c', 'kill -HUP "$(cat /run/patroni/wrapper.pid)"'];

/** Gives the unit of one member of a database whose primary Patroni decides, with the help of etcd on three voters. */
export function draftPatroni(fleet: Fleet, place: Place, service: Postgres): UnitDraft {
  const environment = fleet.environment.environment;
  const published = [
    { port: service.port, containerPort: ENGINE_PORT, address: place.host },
    { port: PATRONI_PORT, containerPort: PATRONI_PORT, address: place.host },
  ];
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'data',
      publishes: publishPorts(service, published),
      gates: [{ kind: 'guard', service: place.service, graceMs: GUARD_GATE_GRACE_MS }],
      container: containerOf(fleet, place, service),
      files: filesOf(fleet, place, service),
      reload: RELOAD,
      secretFiles: postgresSecretFiles(place.service, service.databases),
      directories: [paths.guardRun(environment, place.service), paths.data(environment, place.service)],
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
    entrypoint: ['/bin/sh', configPath('guarded-patroni.sh')],
    // The database is nobody's child once Patroni has started it.
    init: true,
    stopSignal: 'SIGTERM',
    stopGraceMs: Math.max(service.stopGrace, STOP_GRACE_MS),
    sharedMemoryBytes: Math.max(64 * 2 ** 20, Math.floor(service.memory / 8)),
    environment: {
      FLOTILLA_LEASE: String(patroniTimers(service.rto ?? DEFAULT_RTO_MS.patroni).ttl),
      FLOTILLA_SERVER: place.server,
      FLOTILLA_SERVICE: place.service,
      PGDATA,
      POSTGRES_USER: 'postgres',
    },
    mounts: [
      configMount(fleet, place.service),
      `${paths.data(environment, place.service)}:${DATA_MOUNT}`,
      `${paths.guardRun(environment, place.service)}:${RUN_MOUNT}`,
      `${paths.secretFolder(environment, place.service)}:${SECRETS_MOUNT}:ro`,
    ],
    // As a role that may come in this way: anybody else leaves a line in the log each time.
    healthCommand: ['pg_isready', '-q', '-h', RUN_MOUNT, '-U', GUARD_ROLE, '-d', 'postgres'],
  };
}

function filesOf(fleet: Fleet, place: Place, service: Postgres): readonly RenderedFile[] {
  const { wrappers } = fleet.inputs;
  const config = patroniFiles(fleet, place, service);
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(place.service)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  return [
    file('config/10-node.yaml', config.node, 'restart'),
    file('config/20-live.yaml', config.live, 'reload'),
    file('bootstrap.yaml', config.bootstrap, 'none'),
    file('guarded-patroni.sh', wrappers.patroni, 'restart'),
    file('finish-cluster.sh', finishScript(fleet, place), 'none'),
    file('keep-and-clone.sh', wrappers['patroni-rewind'], 'none'),
    file('roles.sh', initScript(fleet.environment.environment, place.service, service), 'reload'),
    file('shared/10-restart.yaml', config.sharedRestart, 'restart'),
    file('shared/20-live.yaml', config.sharedLive, 'reload'),
  ];
}

/** The last step of making a cluster; what allowed it must not allow another. */
function finishScript(fleet: Fleet, place: Place): string {
  return joinLines([
    '#!/bin/sh',
    headerLine(fleet.environment.environment, `${place.service} on ${place.server}`),
    'set -eu',
    `sh ${configPath('roles.sh')}`,
    `rm -f ${DATA_MOUNT}/init-allowed ${DATA_MOUNT}/initialising`,
    'sync',
  ]);
}
