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

/** Members of the database, preferred primary first. */
export const MEMBERS = ['db1', 'db2'] as const;

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
};

/** Renders the fleet on these addresses. `clients` is the network that the test itself connects from. */
export function renderFleet(hosts: Readonly<Record<ServerName, string>>, clients: string): Tree {
  const parsed = parseEnvironment({ entry: 'environment.yaml', read: () => environmentText(hosts, clients) });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return renderEnvironment(parsed.environment, { secretHashes: {}, wrappers: engineWrappers() });
}

function environmentText(hosts: Readonly<Record<ServerName, string>>, clients: string): string {
  const servers = SERVER_NAMES.map((name) => `  ${name}: { host: ${hosts[name]}, cpus: 1, memory: 1GiB }`);
  return `
environment: ${ENVIRONMENT}
servers:
${servers.join('\n')}
services:
  ${SERVICE}:
    kind: postgres
    image: postgres:17
    primary: ${MEMBERS[0]}
    replicas: [${MEMBERS[1]}]
    failover: manual
    databases: [${DATABASE}]
    memory: 256MiB
    open: { 5432: { from: [${clients}] } }
`;
}

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
