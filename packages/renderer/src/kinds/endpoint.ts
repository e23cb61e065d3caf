import { endpointPorts, endpointUnit, GUARD_PORT, unitFolder } from '@flotilla/model';
import type { DatabaseService } from '@flotilla/model';

import { configMount } from '../compose.ts';
import type { UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { containerGate } from '../gates.ts';
import { connectionLimit, HAPROXY_COMMAND, HAPROXY_RELOAD } from '../haproxy-process.ts';
import { headerLine, hostPort, joinLines } from '../text.ts';
import { isPooled } from './pooler.ts';

/** The official HAProxy that the local data endpoints run unless `images.endpoint` names another. */
const DEFAULT_ENDPOINT_IMAGE = 'haproxy:3.2@sha256:e2b397cdbd612221cf79dec325690139d00a78b4ce4eae065530fbc81e1f6192';

const MEMORY_BYTES = 128 * 2 ** 20;
const STOP_GRACE_MS = 10_000;
/** A replica that is further behind than this, in milliseconds, gets no reads. */
const READ_LAG_MS = 10_000;
/**
 * Gives the local data endpoint of a database on one server with clients: under the database's own name it leads writes
 * to whichever member its guard calls primary, and reads to the replicas, or to the primary when there is none.
 */
export function draftEndpoint(fleet: Fleet, place: Place, database: DatabaseService): UnitDraft {
  const unit = endpointUnit(place.service);
  return {
    unit: {
      server: place.server,
      service: unit,
      kind: 'endpoint',
      tier: 'platform',
      image: fleet.environment.images.endpoint ?? DEFAULT_ENDPOINT_IMAGE,
      publishes: [],
      memoryBytes: MEMORY_BYTES,
      cpus: undefined,
      gates: [containerGate()],
      secretEnv: [],
      secretFiles: [],
      directories: [],
      reload: HAPROXY_RELOAD,
    },
    container: {
      command: HAPROXY_COMMAND,
      // Under the database's own name clients meet the pooler, where there is one.
      network: { kind: 'shared', alias: isPooled(database) ? unit : place.service },
      mounts: [configMount(fleet, unit)],
      stopGraceMs: STOP_GRACE_MS,
    },
    files: [
      {
        path: `${unitFolder(unit)}/haproxy.cfg`,
        text: endpointConfig(fleet, place, database),
        mode: 0o644,
        effect: 'reload',
      },
    ],
  };
}

function endpointConfig(fleet: Fleet, place: Place, database: DatabaseService): string {
  const ports = endpointPorts(database.kind);
  const servers = [...placedOn(fleet, place.service)].map(
    (server) => `  server ${server} ${hostPort(fleet.hosts.get(server) ?? '', database.port)}`,
  );
  const primary = `/${place.service}/primary`;
  const replica = `/${place.service}/replica?lag=${READ_LAG_MS}`;
  return joinLines([
    headerLine(fleet.environment.environment, `${endpointUnit(place.service)} on ${place.server}`),
    ...PREAMBLE,
    ...paceLines(database),
    '',
    'frontend write',
    `  bind :${ports.write}`,
    '  default_backend primary',
    '',
    'frontend read',
    `  bind :${ports.read}`,
    '  use_backend replicas if { nbsrv(replicas) gt 0 }',
    '  default_backend primary',
    '',
    ...backendLines({ name: 'primary', path: primary, balance: 'first' }, servers),
    '',
    ...backendLines({ name: 'replicas', path: replica, balance: 'leastconn' }, servers),
  ]);
}

/** A pool keeps idle connections for hours; TCP keepalive tells a dead peer from a quiet one. */
const PREAMBLE = [
  'global',
  '  log stdout format raw local0',
  `  maxconn ${connectionLimit(MEMORY_BYTES)}`,
  '  nbthread 2',
  '  hard-stop-after 10m',
  '',
  'defaults',
  '  mode tcp',
  '  log global',
  '  option tcplog',
  '  option dontlognull',
  '  option dontlog-normal',
  '  option clitcpka',
  '  option srvtcpka',
  '  timeout connect 2s',
  '  timeout check 1s',
  '  timeout client 24h',
  '  timeout server 24h',
];

/**
 * Redis changes its primary in less time than the checks of the others are apart. A primary that it closed refuses connections, and HAProxy
 * would wait a second before it tries again: the client, which connects again anyway, is told at once.
 */
function paceLines({ kind }: DatabaseService): readonly string[] {
  const isQuick = kind === 'redis';
  return [
    ...(isQuick ? ['  retries 0'] : ['  retries 2', '  option redispatch 1']),
    `  default-server check port ${GUARD_PORT} inter ${isQuick ? 100 : 250}ms fall 2 rise 1 on-marked-down shutdown-sessions`,
  ];
}

type Backend = { readonly name: string; readonly path: string; readonly balance: 'first' | 'leastconn' };

function backendLines({ name, path, balance }: Backend, servers: readonly string[]): readonly string[] {
  return [
    `backend ${name}`,
    `  balance ${balance}`,
    '  option httpchk',
    `  http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host guard`,
    '  http-check expect status 200',
    ...servers,
  ];
}
