import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { engineWrappers } from '@flotilla/guard';
import { parseEnvironment, paths, databaseSecrets } from '@flotilla/model';
import type { ServerTree, ServiceUnit, Tree } from '@flotilla/model';
import { renderEnvironment } from '@flotilla/renderer';
import { load } from 'js-yaml';

export const ENVIRONMENT = 'drill';
export const SERVICE = 'database';
export const DATABASE = 'orders';

/** Every server of the test fleet; `witness` holds no data. */
export const SERVER_NAMES = ['db1', 'db2', 'witness'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** Members of the database unless a test says otherwise, preferred primary first. */
export const MEMBERS: readonly ServerName[] = ['db1', 'db2'];

/** How the database of a test differs from an asynchronous pair. */
export type Shape = {
  /** Preferred primary first. */
  readonly members?: readonly ServerName[];
  readonly synchronous?: 'preferred' | 'strict';
  /** Beside the one that every test has. */
  readonly moreDatabases?: readonly string[];
  readonly walKeep?: string;
  /** The witness runs a client, behind a pooler. */
  readonly isPooled?: boolean;
};

/** What a rendering is made for. */
export type Rendering = {
  readonly hosts: Readonly<Record<ServerName, string>>;
  /** The network that the test itself connects from. */
  readonly clients: string;
  readonly shape: Shape;
};

/** What a server gets, and where on this machine its root is. */
export type Installation = {
  readonly tree: ServerTree;
  readonly root: string;
  readonly passwords: ReadonlyMap<string, string>;
};

/** A container as its rendered Compose file describes it. */
export type ComposeContainer = {
  readonly entrypoint?: string[];
  readonly environment?: Record<string, string>;
  readonly volumes: string[];
  /** By name: what it is called there. */
  readonly networks?: Record<string, { readonly aliases: string[] }>;
  readonly command?: string[];
};

/** Renders the fleet. */
export function renderFleet(rendering: Rendering): Tree {
  const parsed = parseEnvironment({ entry: 'environment.yaml', read: () => environmentText(rendering) });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return renderEnvironment(parsed.environment, { secretHashes: {}, wrappers: engineWrappers() });
}

function environmentText({ hosts, clients, shape }: Rendering): string {
  const [primary, ...replicas] = shape.members ?? MEMBERS;
  const servers = SERVER_NAMES.map((name) => `  ${name}: { host: ${hosts[name]}, cpus: 1, memory: 1GiB }`);
  return `
environment: ${ENVIRONMENT}
servers:
${servers.join('\n')}
services:
  ${SERVICE}:
    kind: postgres
    image: postgres:17
    primary: ${primary}
    replicas: [${replicas.join(', ')}]
    failover: manual
${shape.synchronous === undefined ? '' : `    synchronous: ${shape.synchronous}\n`}${shape.walKeep === undefined ? '' : `    walKeep: ${shape.walKeep}\n`}    databases: [${[DATABASE, ...(shape.moreDatabases ?? [])].join(', ')}]
    memory: 256MiB
${shape.isPooled === true ? POOLING : ''}    open: { 5432: { from: [${clients}] } }
${shape.isPooled === true ? CLIENT : ''}`;
}

const POOLING = `    pooling: { size: 3, clients: 50 }
`;
const CLIENT = `  client:
    kind: worker
    image: example/client:1.0.0
    on: [witness]
    memory: 64MiB
    uses: [${SERVICE}]
`;

/** Gives a password for each secret of the fleet. */
export function makePasswords(tree: Tree): ReadonlyMap<string, string> {
  const names = tree.servers.flatMap(({ units }) => units.flatMap(({ secretFiles }) => secretFiles));
  return new Map(names.map((name) => [name, randomBytes(12).toString('hex')]));
}

/** Gives the password of the role that the application uses. */
export function ownerPassword(passwords: ReadonlyMap<string, string>): string {
  return passwords.get(databaseSecrets.owner(SERVICE, DATABASE)) ?? '';
}

/** Puts every unit of a server where a deploy puts it, below the server's root. */
export async function installServer(installation: Installation): Promise<void> {
  for (const unit of installation.tree.units) await installUnit(installation, unit);
}

async function installUnit({ tree, root, passwords }: Installation, unit: ServiceUnit): Promise<void> {
  const release = join(root, paths.release(ENVIRONMENT, unit.service, unit.hash));
  const folder = `services/${unit.service}/`;
  for (const { path, text, mode } of tree.files) {
    if (path.startsWith(folder)) await put(join(release, path.slice(folder.length)), text, mode);
  }
  await symlink(join('releases', unit.hash), join(root, paths.current(ENVIRONMENT, unit.service)));
  for (const directory of unit.directories) await mkdir(join(root, directory), { recursive: true });
  for (const secret of unit.secretFiles) {
    const path = join(root, paths.secretFolder(ENVIRONMENT, unit.service), secret);
    await put(path, passwords.get(secret) ?? '', 0o644);
  }
}

async function put(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
}

/** Reads the one container of a unit's rendered Compose file. */
export function composeContainer(tree: ServerTree, service: string): ComposeContainer {
  const file = tree.files.find(({ path }) => path === `services/${service}/compose.yaml`);
  // The renderer's own tests hold the file to this shape.
  const compose = load(file?.text ?? '') as { readonly services: Readonly<Record<string, ComposeContainer>> };
  const [container] = Object.values(compose.services);
  if (container === undefined) throw new Error(`${service} has no container`);
  return container;
}
