import { databaseSecrets, endpointPorts, endpointUnit, paths, poolerUnit, unitFolder } from '@flotilla/model';
import type { DatabaseService, FileEffect, RenderedFile, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { configPath } from '../draft.ts';
import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { containerGate } from '../gates.ts';
import { SECRETS_MOUNT } from '../guarded.ts';
import { poolerConfig, poolerScript } from '../postgres/pooler.ts';
import { headerLine } from '../text.ts';

/** The PgBouncer that poolers run unless `images.pooler` names another. */
const DEFAULT_POOLER_IMAGE = 'edoburu/pgbouncer:v1.24.1-p0';

/** What two poolers need before anybody connects. */
const BASE_BYTES = 64 * 2 ** 20;
/** A client with its buffers, and the connection that it may hold. */
const CLIENT_BYTES = 32 * 1024;
/** A stopping pooler lets transactions end. */
const STOP_GRACE_MS = 15_000;

type Postgres = ServiceOfKind<'postgres'>;

type PooledPostgres = Postgres & { readonly pooling: NonNullable<Postgres['pooling']> };

/** Tells a database with a pooler before its endpoints from one without. */
export function isPooled(service: DatabaseService): service is PooledPostgres {
  return service.kind === 'postgres' && service.pooling !== undefined;
}

/**
 * Gives the pooler of a database on one server with clients: under the database's own name and ports it shares few connections among
 * many clients, and reaches the database through the data endpoint of the same server, which knows who is primary.
 */
export function draftPooler(fleet: Fleet, place: Place, service: PooledPostgres): UnitDraft {
  const environment = fleet.environment.environment;
  const unit = poolerUnit(place.service);
  return {
    unit: {
      server: place.server,
      service: unit,
      kind: 'pooler',
      tier: 'platform',
      image: fleet.environment.images.pooler ?? DEFAULT_POOLER_IMAGE,
      publishes: [],
      memoryBytes: BASE_BYTES + service.pooling.clients * CLIENT_BYTES,
      cpus: undefined,
      gates: [containerGate()],
      secretEnv: [],
      secretFiles: service.databases.map((database) => databaseSecrets.owner(place.service, database)).sort(),
      directories: [],
      reload: ['sh', '-c', 'kill -HUP 1'],
    },
    container: {
      entrypoint: ['/bin/sh', configPath('pooler.sh')],
      network: { kind: 'shared', alias: place.service },
      mounts: [configMount(fleet, unit), `${paths.secretFolder(environment, unit)}:${SECRETS_MOUNT}:ro`],
      stopSignal: 'SIGINT',
      stopGraceMs: STOP_GRACE_MS,
    },
    files: filesOf(fleet, place, service),
  };
}

function filesOf(fleet: Fleet, place: Place, service: PooledPostgres): readonly RenderedFile[] {
  const unit = poolerUnit(place.service);
  const title = headerLine(fleet.environment.environment, `${unit} on ${place.server}`);
  const ports = endpointPorts('postgres');
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(unit)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  const config = (port: number) => poolerConfig({ title, host: endpointUnit(place.service), port, service });
  return [
    file('pooler.sh', poolerScript(title, place.service, service.databases), 'restart'),
    file('read.ini', config(ports.read), 'reload'),
    file('write.ini', config(ports.write), 'reload'),
  ];
}
