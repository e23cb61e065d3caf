import {
  ENVIRONMENT_LABEL,
  paths,
  RUN_HASH_LABEL,
  SECRETS_HASH_LABEL,
  SERVICE_LABEL,
  UNIT_NETWORK,
} from '@flotilla/model';

import { digestWords } from './digest.ts';
import { CONFIG_MOUNT } from './draft.ts';
import type { UnitDraft } from './draft.ts';
import { sortedEntries } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { formatDuration, headerLine, hostPort } from './text.ts';
import { formatYaml } from './yaml.ts';
import type { YamlValue } from './yaml.ts';

const BLANK_HASH = '0'.repeat(64);
/** Six spaces: only a label can stand there under this name, since no environment variable has a dot. */
const BLANK_LABEL = `\n      ${RUN_HASH_LABEL}: '${BLANK_HASH}'\n`;

/** Gives the text of a unit's Compose file with a blank run hash. */
export function renderCompose(fleet: Fleet, draft: UnitDraft): string {
  const { unit, container } = draft;
  const name = containerName(fleet, unit.service);
  const document = {
    name,
    services: { [container.key ?? unit.service]: composeService(fleet, draft) },
    ...(container.network.kind === 'shared' ? { networks: { [UNIT_NETWORK]: { external: true } } } : {}),
    ...(container.volumes?.length
      ? { volumes: Object.fromEntries(container.volumes.map((volume) => [volume, { name: volume }])) }
      : {}),
  };
  const title = headerLine(fleet.environment.environment, `${unit.service} on ${unit.server}`);
  return `${title}\n${formatYaml(document)}`;
}

/** Gives the Compose file with its run hash filled in. */
export function fillRunHash(blank: string, runHash: string): string {
  return blank.replace(BLANK_LABEL, `\n      ${RUN_HASH_LABEL}: '${runHash}'\n`);
}

/** Gives the name of a unit's container and Compose project. */
export function containerName(fleet: Fleet, service: string): string {
  return `${fleet.environment.environment}-${service}`;
}

/** Gives the mount that shows a unit's releases to its container. */
export function configMount(fleet: Fleet, service: string): string {
  return `${paths.serviceRoot(fleet.environment.environment, service)}:${CONFIG_MOUNT}:ro`;
}

function composeService(fleet: Fleet, { unit, container }: UnitDraft): Record<string, YamlValue> {
  const environment = sortedEntries(container.environment ?? {});
  const published = unit.publishes.map(
    ({ address, port, containerPort }) => `${hostPort(address, port)}:${containerPort}`,
  );
  return {
    image: unit.image,
    container_name: containerName(fleet, unit.service),
    ...(container.entrypoint ? { entrypoint: container.entrypoint.map(escapeDollars) } : {}),
    ...(container.command ? { command: container.command.map(escapeDollars) } : {}),
    ...(container.init ? { init: true } : {}),
    restart: 'unless-stopped',
    ...(container.stopSignal ? { stop_signal: container.stopSignal } : {}),
    stop_grace_period: formatDuration(container.stopGraceMs),
    mem_limit: unit.memoryBytes,
    ...(unit.cpus === undefined ? {} : { cpus: unit.cpus }),
    ...(container.sharedMemoryBytes === undefined ? {} : { shm_size: container.sharedMemoryBytes }),
    labels: labelsOf(fleet, unit),
    ...(environment.length > 0
      ? { environment: Object.fromEntries(environment.map(([name, value]) => [name, escapeDollars(value)])) }
      : {}),
    ...(unit.secretEnv.length > 0 ? { env_file: [paths.secretEnv(fleet.environment.environment, unit.service)] } : {}),
    ...(container.hostname === undefined ? {} : { hostname: container.hostname }),
    ...(container.hosts === undefined ? {} : { extra_hosts: container.hosts }),
    ...networkOf(container, published),
    ...(container.mounts?.length ? { volumes: container.mounts.map(escapeDollars) } : {}),
    ...(container.healthCommand ? { healthcheck: healthOf(container.healthCommand) } : {}),
    logging: { driver: 'json-file', options: { 'max-file': '3', 'max-size': '10m' } },
  };
}

function networkOf({ network }: UnitDraft['container'], published: readonly string[]): Record<string, YamlValue> {
  if (network.kind === 'host') return { network_mode: 'host' };
  return {
    networks: { [UNIT_NETWORK]: { aliases: [network.alias] } },
    ...(published.length > 0 ? { ports: published } : {}),
  };
}

function labelsOf(fleet: Fleet, unit: UnitDraft['unit']): Record<string, string> {
  const secrets = [...new Set([...unit.secretEnv.map((use) => use.secret), ...unit.secretFiles])].sort();
  const hashes = fleet.inputs.secretHashes;
  return {
    [ENVIRONMENT_LABEL]: fleet.environment.environment,
    [RUN_HASH_LABEL]: BLANK_HASH,
    ...(secrets.length > 0
      ? {
          [SECRETS_HASH_LABEL]: digestWords(
            secrets.flatMap((name) => [name, Object.hasOwn(hashes, name) ? (hashes[name] ?? '') : '']),
          ),
        }
      : {}),
    [SERVICE_LABEL]: unit.service,
  };
}

function healthOf(command: readonly string[]): Record<string, YamlValue> {
  return {
    test: ['CMD', ...command.map(escapeDollars)],
    interval: '10s',
    timeout: '3s',
    retries: 3,
    start_period: '30s',
  };
}

/** Compose replaces `$NAME` in every value of its file; doubled, a dollar stays a dollar. */
function escapeDollars(text: string): string {
  return text.includes('$') ? text.replaceAll('$', '$$$$') : text;
}
