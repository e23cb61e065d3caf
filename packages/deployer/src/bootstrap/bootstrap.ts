import { demand, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError, UNIT_NETWORK } from '@flotilla/model';

import { AS_ROOT, BOOTSTRAP } from './script.ts';
import { freeSubnets } from './subnets.ts';

/** First contact with one server. */
export type BootstrapOptions = {
  /** Reached as root, or as somebody who may use sudo without a password. */
  readonly server: RemoteServer;
  readonly environment: string;
  /** Account that deploys from then on. */
  readonly user: string;
  /** One line of an authorized_keys file. */
  readonly publicKey: string;
  /** Addresses of every server of the fleet; the network of the units stays clear of them. */
  readonly hosts: readonly string[];
};

/** What first contact did. `changes` is empty for a server that was ready. */
export type BootstrapReport = {
  readonly server: string;
  readonly changes: readonly string[];
  /** Fingerprints of the server's host keys, as `ssh-keygen -l` prints them; to be compared with its console. */
  readonly hostKeys: readonly string[];
};

/** Installing Docker over a slow line. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * Prepares a server for deploys: user, sudo rule, key, Docker with Compose, folders, network. May be repeated; says what it
 * changed. Throws EXEC_UNREACHABLE, EXEC_TIMEOUT or EXEC_REMOTE_FAILED; what was done before a failure stays and is passed over next time.
 */
export async function bootstrapServer(options: BootstrapOptions): Promise<BootstrapReport> {
  const { server, environment, user, publicKey, hosts } = options;
  const key = publicKey.trim();
  if (!/^[a-z0-9@.-]+ AAAA[A-Za-z0-9+/=]+( [^\n]*)?$/.test(key)) {
    throw new FlotillaError('DEPLOY_BOOTSTRAP_FAILED', { server: server.name, detail: 'this is no public key' });
  }
  const script = remoteScript(BOOTSTRAP, [environment, user, key, UNIT_NETWORK, ...freeSubnets(hosts)]);
  const argv = remoteScript(AS_ROOT, script);
  const { stdout } = await demand(server, { action: 'preparing the server', argv, timeoutMs: TIMEOUT_MS });
  const lines = (word: string) =>
    stdout.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  return { server: server.name, changes: lines('changed'), hostKeys: lines('hostkey') };
}
