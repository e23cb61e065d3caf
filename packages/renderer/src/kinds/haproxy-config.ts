import type { ServiceOfKind } from '@flotilla/model';

import { backendName } from '../drains.ts';
import { callersOf } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { connectionLimit } from '../haproxy-process.ts';
import { sortRoutes, targetsOf } from '../routes.ts';
import type { Route, RouteTarget } from '../routes.ts';
import { formatDuration, headerLine, hostPort, joinLines } from '../text.ts';

/** Port of HAProxy's runtime API, published on the loopback of the edge's server alone. */
export const RUNTIME_PORT = 9999;
/** Path of the statistics page. */
export const STATS_PATH = '/stats';

type Haproxy = ServiceOfKind<'haproxy'>;

/** Gives the text of an edge's `haproxy.cfg` on one server. */
export function haproxyConfig(fleet: Fleet, place: Place, service: Haproxy): string {
  const routes = sortRoutes(fleet, service.routes);
  const targets = targetsOf(fleet, routes);
  const hasLocal = targets.some((target) => target.servers.some(({ server }) => server === place.server));
  const cpus = service.cpus ?? fleet.environment.servers[place.server]?.cpus ?? 1;
  return joinLines([
    headerLine(fleet.environment.environment, `${place.service} on ${place.server}`),
    'global',
    '  log stdout format raw local0',
    `  maxconn ${connectionLimit(service.memory)}`,
    `  nbthread ${Math.max(1, Math.ceil(cpus))}`,
    `  hard-stop-after ${formatDuration(service.stopGrace)}`,
    "  # Reachable from the server's loopback and from containers on its network, which are the fleet's own.",
    `  stats socket ipv4@0.0.0.0:${RUNTIME_PORT} level admin expose-fd listeners`,
    '',
    ...DEFAULTS,
    ...(hasLocal ? ['', ...RESOLVERS] : []),
    '',
    ...frontendLines(service, routes, callersOf(fleet, place.service).size > 0),
    ...targets.flatMap((target) => ['', ...backendLines(service, target, place)]),
    ...(service.stats === undefined ? [] : ['', ...statsLines(service.stats, place)]),
  ]);
}

const DEFAULTS = [
  'defaults',
  '  mode http',
  '  log global',
  '  option httplog',
  '  option dontlognull',
  '  timeout http-request 10s',
  '  timeout http-keep-alive 10s',
  '  timeout queue 30s',
  '  timeout connect 2s',
  '  timeout client 60s',
  '  timeout server 60s',
  '  timeout tunnel 1h',
  '  http-reuse safe',
  '  retries 3',
  '  option redispatch 1',
  '  retry-on conn-failure empty-response response-timeout',
];

/** Docker's own name server: a recreated container has another address. */
const RESOLVERS = [
  'resolvers docker',
  '  nameserver docker 127.0.0.11:53',
  '  resolve_retries 3',
  '  timeout resolve 1s',
  '  timeout retry 1s',
  '  hold valid 1s',
];

function frontendLines(service: Haproxy, routes: readonly Route[], isBehindRouter: boolean): readonly string[] {
  const prefixed = routes.filter((route) => route.prefix !== '/');
  const fallback = routes.find((route) => route.prefix === '/');
  return [
    'frontend main',
    `  bind :${service.port}`,
    '  # A request that may have had an effect is sent once; only a connection that never came about is tried again.',
    '  http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
    // Whoever connects first-hand may not claim to speak for another client.
    ...(isBehindRouter
      ? []
      : ['  http-request del-header X-Forwarded-For', '  http-request set-header X-Forwarded-Proto http']),
    '  option forwardfor',
    ...prefixed.flatMap(({ prefix, target }, index) => [
      `  acl route_${index + 1} path ${prefix}`,
      `  acl route_${index + 1} path_beg ${prefix}/`,
      `  use_backend ${backendName(target)} if route_${index + 1}`,
    ]),
    ...(fallback === undefined ? [] : [`  default_backend ${backendName(fallback.target)}`]),
  ];
}

function backendLines(service: Haproxy, target: RouteTarget, place: Place): readonly string[] {
  const { health } = target;
  const check =
    health === undefined
      ? 'check'
      : `check inter ${formatDuration(health.interval)} fall ${health.fall} rise ${health.rise}`;
  return [
    `backend ${backendName(target.service)}`,
    `  balance ${service.balance}`,
    ...(service.sticky === undefined ? [] : [`  cookie ${service.sticky} insert indirect nocache httponly`]),
    ...(health === undefined
      ? []
      : [
          '  option httpchk',
          `  http-check send meth GET uri ${health.http} ver HTTP/1.1 hdr Host ${target.service}`,
          '  http-check expect status 200-299',
          `  timeout check ${formatDuration(health.timeout)}`,
        ]),
    ...target.servers.map(({ server, host }) => {
      const isLocal = server === place.server;
      const address = hostPort(isLocal ? target.service : host, target.port);
      const lookup = isLocal ? ' resolvers docker resolve-prefer ipv4 init-addr last,libc,none' : '';
      const cookie = service.sticky === undefined ? '' : ` cookie ${server}`;
      return `  server ${server} ${address} ${check}${cookie}${lookup}`;
    }),
  ];
}

function statsLines(port: number, place: Place): readonly string[] {
  return [
    'frontend stats',
    `  bind :${port}`,
    '  option dontlog-normal',
    '  stats enable',
    `  stats uri ${STATS_PATH}`,
    '  stats refresh 10s',
    '  stats show-legends',
    `  stats show-node ${place.server}`,
  ];
}
