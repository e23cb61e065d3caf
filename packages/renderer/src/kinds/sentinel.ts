import { databaseSecrets, paths, sentinelUnit, unitFolder } from '@flotilla/model';
import type { FileEffect, RenderedFile, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { configPath } from '../draft.ts';
import type { UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { containerGate } from '../gates.ts';
import { SECRETS_MOUNT } from '../guarded.ts';
import { SENTINEL_PORT, sentinelAddresses, sentinelConfig, START_SENTINEL } from '../redis/sentinel.ts';
import { headerLine, hostPort } from '../text.ts';

type Redis = ServiceOfKind<'redis'>;

const MEMORY_BYTES = 64 * 2 ** 20;
const STOP_GRACE_MS = 10_000;

/** Gives the unit of a Sentinel of `place.service` on one of its voters: state of its own on disk, and the addresses that others reach it at. */
export function draftSentinel(fleet: Fleet, place: Place, service: Redis): UnitDraft {
  const environment = fleet.environment.environment;
  const unit = sentinelUnit(place.service);
  const title = headerLine(environment, `${unit} on ${place.server}`);
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(unit)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  return {
    unit: {
      server: place.server,
      service: unit,
      kind: 'sentinel',
      tier: 'platform',
      image: service.image,
      publishes: [{ address: place.host, port: service.sentinelPort, containerPort: SENTINEL_PORT }],
      memoryBytes: MEMORY_BYTES,
      cpus: undefined,
      gates: [containerGate()],
      secretEnv: [],
      secretFiles: [databaseSecrets.superuser(place.service)],
      directories: [paths.data(environment, unit)],
    },
    container: {
      entrypoint: ['/bin/sh', configPath('start-sentinel.sh')],
      network: { kind: 'shared', alias: unit },
      environment: environmentOf(fleet, place, service),
      mounts: [
        configMount(fleet, unit),
        `${paths.data(environment, unit)}:/data`,
        `${paths.secretFolder(environment, unit)}:${SECRETS_MOUNT}:ro`,
      ],
      stopGraceMs: STOP_GRACE_MS,
    },
    files: [
      file('sentinel.conf', sentinelConfig(title, place.service, service), 'restart'),
      file('start-sentinel.sh', START_SENTINEL, 'restart'),
    ],
  };
}

function environmentOf(fleet: Fleet, place: Place, service: Redis): Readonly<Record<string, string>> {
  const sentinels = sentinelAddresses(fleet, service);
  const members = [...placedOn(fleet, place.service)].map((server) => fleet.hosts.get(server) ?? '');
  return {
    FLOTILLA_HOST: place.host,
    FLOTILLA_MEMBERS: members.map((host) => hostPort(host, service.port)).join(' '),
    FLOTILLA_PORT: String(service.sentinelPort),
    FLOTILLA_PRIMARY: `${fleet.hosts.get(service.primary) ?? ''} ${service.port}`,
    FLOTILLA_QUORUM: String(Math.floor(sentinels.length / 2) + 1),
    FLOTILLA_SENTINELS: sentinels.join(' '),
    FLOTILLA_SERVICE: place.service,
  };
}
