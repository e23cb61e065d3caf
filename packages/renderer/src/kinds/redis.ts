import { databaseSecrets, paths, unitFolder } from '@flotilla/model';
import type { FileEffect, RenderedFile, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import { configPath } from '../draft.ts';
import type { Container, UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { GUARD_GATE_GRACE_MS, RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { publishPorts } from '../publishes.ts';
import { sentinelAddresses } from '../redis/sentinel.ts';
import { redisLine, tuneRedis } from '../redis/settings.ts';
import { headerLine, joinLines } from '../text.ts';

type Redis = ServiceOfKind<'redis'>;

const ENGINE_PORT = 6379;
const DATA_MOUNT = '/data';
const WRAPPER = 'guarded-redis.sh';
/** A stop waits for the replicas and writes a last dump. */
const STOP_GRACE_MS = 90_000;

/**
 * Gives the unit of one member of a Redis service: the official image under the wrapper, which starts it closed for the guard, or as
 * what the Sentinels say. Every member gets the same settings, because roles change without a deploy.
 */
export function draftRedis(fleet: Fleet, place: Place, service: Redis): UnitDraft {
  const environment = fleet.environment.environment;
  const published = { port: service.port, containerPort: ENGINE_PORT, address: place.host };
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'data',
      publishes: publishPorts(service, [published]),
      gates: [{ kind: 'guard', service: place.service, graceMs: GUARD_GATE_GRACE_MS }],
      container: containerOf(fleet, place, service),
      files: filesOf(fleet, place, service),
      reload: ['/bin/sh', configPath(WRAPPER), 'reload'],
      secretFiles: [databaseSecrets.superuser(place.service)],
      directories: [paths.guardRun(environment, place.service), paths.data(environment, place.service)].sort(),
    },
  );
}

function containerOf(fleet: Fleet, place: Place, service: Redis): Container {
  const environment = fleet.environment.environment;
  const sentinels = sentinelAddresses(fleet, service);
  // The database's own name belongs to its endpoint, which may stand on the same server.
  const engine = `${place.service}-engine`;
  return {
    key: engine,
    network: { kind: 'shared', alias: engine },
    entrypoint: ['/bin/sh', configPath(WRAPPER)],
    stopGraceMs: Math.max(service.stopGrace, STOP_GRACE_MS),
    environment: {
      FLOTILLA_SERVER: place.server,
      FLOTILLA_SERVICE: place.service,
      ...(sentinels.length > 0
        ? { FLOTILLA_ADDRESS: `${place.host} ${service.port}`, FLOTILLA_SENTINELS: sentinels.join(' ') }
        : {}),
    },
    mounts: [
      configMount(fleet, place.service),
      `${paths.data(environment, place.service)}:${DATA_MOUNT}`,
      `${paths.guardRun(environment, place.service)}:${RUN_MOUNT}`,
      `${paths.secretFolder(environment, place.service)}:${SECRETS_MOUNT}:ro`,
    ],
    healthCommand: [
      'sh',
      '-c',
      `REDISCLI_AUTH=$(cat ${SECRETS_MOUNT}/${databaseSecrets.superuser(place.service)}) redis-cli -s ${RUN_MOUNT}/redis.sock ping | grep -q PONG`,
    ],
  };
}

function filesOf(fleet: Fleet, place: Place, service: Redis): readonly RenderedFile[] {
  const title = headerLine(fleet.environment.environment, `${place.service} on ${place.server}`);
  const settings = tuneRedis(service);
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(place.service)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  // Behind a published port, a replica is known by the address that it announces.
  const announced = [redisLine('replica-announce-ip', place.host), redisLine('replica-announce-port', service.port)];
  return [
    file(WRAPPER, fleet.inputs.wrappers.redis, 'restart'),
    file('reload.conf', joinLines([title, ...settings.reload]), 'reload'),
    file('restart.conf', joinLines([title, ...settings.restart, ...announced]), 'restart'),
  ];
}
