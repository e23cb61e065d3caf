import { join } from 'node:path';

/** Label on everything that belongs to the sandbox of one environment; its value is the environment's name. */
export const SANDBOX_LABEL = 'flotilla.sandbox';
/** Label with the name of the server that a container plays. */
export const SERVER_LABEL = 'flotilla.server';
/** Label with the address that a container keeps for its whole life. */
export const ADDRESS_LABEL = 'flotilla.address';

/** Label with the port that a server's SSH listens on. */
export const SSH_PORT_LABEL = 'flotilla.ssh-port';

/** Name and port of the sandbox's registry, as its servers know it. */
export const REGISTRY_HOST = 'registry';
export const REGISTRY_PORT = 5000;

/** Gives the name of the Docker network that joins the servers of one sandbox. */
export function networkName(environment: string): string {
  return `flotilla-${environment}-sandbox`;
}

/** Gives the name of the container that plays one server. */
export function serverContainer(environment: string, server: string): string {
  return `flotilla-${environment}-sandbox-${server}`;
}

/** Gives the name of the registry's container. No server can have it, because a server's name holds no dot. */
export function registryContainer(environment: string): string {
  return `flotilla-${environment}-sandbox.registry`;
}

/** Files in a sandbox's state folder, which is an environment folder as well. */
export const stateFiles = {
  environment: (stateFolder: string) => join(stateFolder, 'environment.yaml'),
  secrets: (stateFolder: string) => join(stateFolder, 'secrets.json'),
  identity: (stateFolder: string) => join(stateFolder, 'id_ed25519'),
  knownHosts: (stateFolder: string) => join(stateFolder, 'known_hosts'),
  /** What is copied into one server before its first boot; holds its host key. */
  serverFiles: (stateFolder: string, server: string) => join(stateFolder, 'servers', server),
} as const;
