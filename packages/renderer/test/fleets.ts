import { parseEnvironment } from '@flotilla/model';
import type { Environment, ServerTree, ServiceUnit, Tree } from '@flotilla/model';

import { surveyFleet } from '../src/fleet.ts';
import type { Fleet, RenderInputs } from '../src/fleet.ts';
import { renderEnvironment } from '../src/index.ts';

/** Inputs that stand for a deploy's: the real wrapper belongs to another package. */
export const INPUTS: RenderInputs = {
  secretHashes: { 'session-key': 'a1', 'database-owner-warehousedb': 'b2' },
  wrappers: {
    postgres: '#!/bin/sh\nexec docker-entrypoint.sh postgres\n',
    patroni: '#!/bin/sh\nexec patroni /flotilla/current/config\n',
    'patroni-rewind': '#!/bin/sh\nexit 1\n',
    mysql: '#!/bin/sh\nexec docker-entrypoint.sh mysqld\n',
    mariadb: '#!/bin/sh\nexec docker-entrypoint.sh mariadbd\n',
    redis: '#!/bin/sh\nexec docker-entrypoint.sh redis-server\n',
  },
};

/** Gives the environment of a YAML text; throws with its findings when there are some. */
export function parseText(text: string): Environment {
  const parsed = parseEnvironment({ entry: 'environment.yaml', read: () => text });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return parsed.environment;
}

export function surveyText(text: string): Fleet {
  return surveyFleet(parseText(text), INPUTS);
}

export function renderText(text: string): Tree {
  return renderEnvironment(parseText(text), INPUTS);
}

export function serverOf(tree: Tree, name: string): ServerTree {
  const found = tree.servers.find(({ server }) => server === name);
  if (found === undefined) throw new Error(`no server ${name}`);
  return found;
}

export function unitOf(tree: Tree, server: string, name: string): ServiceUnit {
  const found = serverOf(tree, server).units.find(({ service }) => service === name);
  if (found === undefined) throw new Error(`no unit ${name} on ${server}`);
  return found;
}

export function textOf(tree: Tree, server: string, path: string): string {
  const found = serverOf(tree, server).files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no file ${path} on ${server}`);
  return found.text;
}

const SERVERS = ['a', 'b', 'c', 'd']
  .map((name, index) => `  ${name}: { host: 192.0.2.${index + 1}, cpus: 2, memory: 4GiB }`)
  .join('\n');

/** Gives an environment's text with four servers, `a` (192.0.2.1) to `d` (192.0.2.4), and these services. */
export function fleetOf(...services: readonly string[]): string {
  return `environment: test\nservers:\n${SERVERS}\nservices:\n${services.map((line) => `  ${line}`).join('\n')}\n`;
}

/** Name, servers, routes, and further keys behind a comma. */
type Routed = readonly [name: string, on: string, routes: string, more?: string];

export const service = {
  app: (name: string, on: string, more = '') =>
    `${name}: { kind: app, image: app:1, on: [${on}], memory: 64MiB, port: 3000${more} }`,
  worker: (name: string, on: string, more = '') =>
    `${name}: { kind: worker, image: app:1, on: [${on}], memory: 64MiB${more} }`,
  nginx: (...[name, on, routes, more = '']: Routed) =>
    `${name}: { kind: nginx, image: nginx:1, on: [${on}], memory: 64MiB, routes: { ${routes} }${more} }`,
  haproxy: (...[name, on, routes, more = '']: Routed) =>
    `${name}: { kind: haproxy, image: haproxy:3, on: [${on}], memory: 64MiB, routes: { ${routes} }${more} }`,
  postgres: (name: string, members: string, more = '') =>
    `${name}: { kind: postgres, image: postgres:17, ${members}, databases: [orders], memory: 1GiB${more} }`,
} as const;
