import type { ServiceOfKind } from '@flotilla/model';

import { callersOf } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { sortRoutes, targetsOf } from '../routes.ts';
import type { Route, RouteTarget } from '../routes.ts';
import { headerLine, hostPort, joinLines } from '../text.ts';

type Nginx = ServiceOfKind<'nginx'>;

/** Gives the text of `nginx.conf` on one server. */
export function nginxConfig(fleet: Fleet, place: Place, service: Nginx): string {
  const routes = sortRoutes(fleet, service.routes);
  const targets = new Map(targetsOf(fleet, routes).map((target) => [target.service, target]));
  const upstreams = [...targets.values()].filter((target) => !isLocal(target, place));
  return joinLines([
    headerLine(fleet.environment.environment, `${place.service} on ${place.server}`),
    `worker_processes ${Math.max(1, Math.ceil(service.cpus ?? fleet.environment.servers[place.server]?.cpus ?? 1))};`,
    'pid /run/nginx.pid;',
    'error_log stderr notice;',
    'events { worker_connections 4096; }',
    '',
    'http {',
    ...httpLines(service),
    ...upstreams.flatMap((target) => ['', ...upstreamLines(target)]),
    '',
    '  server {',
    `    listen ${service.port} default_server;`,
    ...headerLines(callersOf(fleet, place.service).size > 0),
    ...routes.flatMap((route) => {
      const target = targets.get(route.target);
      return target === undefined ? [] : ['', ...locationLines(route, target, place)];
    }),
    '  }',
    '}',
  ]);
}

function httpLines(service: Nginx): readonly string[] {
  return [
    '  log_format flotilla \'$remote_addr [$time_iso8601] "$request" $status $body_bytes_sent\'',
    '    \' for="$http_x_forwarded_for" agent="$http_user_agent" time=$request_time upstream=$upstream_addr/$upstream_response_time\';',
    '  access_log /dev/stdout flotilla;',
    '  server_tokens off;',
    '  keepalive_timeout 75s;',
    `  client_max_body_size ${formatBytes(service.client_max_body_size)};`,
    '  proxy_http_version 1.1;',
    '  proxy_connect_timeout 2s;',
    '  proxy_read_timeout 60s;',
    '  proxy_send_timeout 60s;',
    '  # Without `non_idempotent`, a POST that reached a server is never sent to a second one.',
    '  proxy_next_upstream error timeout;',
    '  # The name of a container on this server is asked for anew each second: a recreated container has another address.',
    '  resolver 127.0.0.11 valid=1s ipv6=off;',
    '  resolver_timeout 2s;',
    "  map $http_upgrade $flotilla_connection { default upgrade; '' ''; }",
    "  map $http_x_forwarded_proto $flotilla_scheme { default $http_x_forwarded_proto; '' $scheme; }",
  ];
}

/** Whoever connects first-hand may not claim to speak for another client. */
function headerLines(isBehindRouter: boolean): readonly string[] {
  return [
    '    proxy_set_header Host $http_host;',
    '    proxy_set_header Upgrade $http_upgrade;',
    '    proxy_set_header Connection $flotilla_connection;',
    '    proxy_set_header X-Real-IP $remote_addr;',
    `    proxy_set_header X-Forwarded-For ${isBehindRouter ? '$proxy_add_x_forwarded_for' : '$remote_addr'};`,
    `    proxy_set_header X-Forwarded-Proto ${isBehindRouter ? '$flotilla_scheme' : '$scheme'};`,
  ];
}

function upstreamLines(target: RouteTarget): readonly string[] {
  return [
    `  upstream ${upstreamName(target)} {`,
    ...target.servers.map(({ host }) => `    server ${hostPort(host, target.port)} max_fails=3 fail_timeout=5s;`),
    '    keepalive 32;',
    '  }',
  ];
}

function locationLines(route: Route, target: RouteTarget, place: Place): readonly string[] {
  const pass = isLocal(target, place)
    ? [
        `      set $flotilla_target ${hostPort(target.service, target.port)};`,
        '      proxy_pass http://$flotilla_target;',
      ]
    : [`      proxy_pass http://${upstreamName(target)};`];
  const answer = target.servers.length > 0 ? pass : ['      return 503;'];
  return [`    location ${locationMatch(route.prefix)} {`, ...answer, '    }'];
}

function locationMatch(prefix: string): string {
  if (prefix === '/') return '/';
  return `~ ^${prefix.replaceAll(/[.*+?()]/g, '\\$&')}(?:/|$)`;
}

function isLocal(target: RouteTarget, place: Place): boolean {
  return target.servers.some(({ server }) => server === place.server);
}

function upstreamName(target: RouteTarget): string {
  return `service_${target.service}`;
}

function formatBytes(sizeBytes: number): string {
  const mebibytes = sizeBytes / 2 ** 20;
  return Number.isInteger(mebibytes) ? `${mebibytes}m` : String(sizeBytes);
}
