import { createServer, connect } from 'node:net';

import type { Clock, CommandRunner } from '@flotilla/exec';
import { pollUntil, printable } from '@flotilla/exec';
import { endpointUnit, FlotillaError, SERVICE_LABEL, UNIT_NETWORK } from '@flotilla/model';

import type { Sandbox, SandboxServer } from '../boot/sandbox.ts';

/** Longer than any scenario; the tunnel ends when it is closed. */
const TUNNEL_TIMEOUT_MS = 24 * 3_600_000;

/** A port of this machine that leads to one inside the fleet. */
export type Tunnel = { readonly host: '127.0.0.1'; readonly port: number; close(): Promise<void> };

/** Where a tunnel leads, as seen from the server it goes through. */
export type TunnelEnd = { readonly host: string; readonly port: number };

/** What carries a tunnel. */
export type TunnelOptions = {
  readonly sandbox: Sandbox;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Name of the server it goes through. */
  readonly through: string;
};

/**
 * Opens an SSH tunnel through a server as root, and reopens it when it breaks, asking `end` again each time. A connection through
 * it ends when the far one does, and no byte waits in it. Throws SANDBOX_TUNNEL_FAILED when it does not come about within 10 s.
 */
export async function openTunnel(options: TunnelOptions, end: () => Promise<TunnelEnd>): Promise<Tunnel> {
  const { clock, through } = options;
  const port = await freePort();
  const closing = new AbortController();
  let detail = 'it does not answer';
  const keeping = keepOpen({ options, port, end, signal: closing.signal }, (reason) => {
    detail = reason;
  });
  const close = async () => {
    closing.abort();
    await keeping;
  };
  const poll = { intervalMs: 50, timeoutMs: 10_000, clock };
  const up = await pollUntil(async () => ((await accepts(port)) ? true : undefined), poll);
  if (up !== undefined) return { host: '127.0.0.1', port, close };
  await close();
  throw new FlotillaError('SANDBOX_TUNNEL_FAILED', { server: through, detail });
}

/**
 * Opens a tunnel to a service's data endpoint on one of its client servers: port 5432 of it writes, 5433 reads.
 * Throws SANDBOX_TUNNEL_FAILED.
 */
export function openEndpointTunnel(
  options: TunnelOptions,
  { service, port = 5432 }: { readonly service: string; readonly port?: number },
): Promise<Tunnel> {
  const { container } = findServer(options);
  return openTunnel(options, async () => ({ host: await endpointAddress(options.runner, container, service), port }));
}

type Keeping = {
  readonly options: TunnelOptions;
  readonly port: number;
  readonly end: () => Promise<TunnelEnd>;
  readonly signal: AbortSignal;
};

async function keepOpen({ options, port, end, signal }: Keeping, onBreak: (reason: string) => void): Promise<void> {
  const { runner, clock } = options;
  while (!signal.aborted) {
    try {
      const argv = tunnelCommand(options, port, await end());
      const result = await runner.run({ argv, timeoutMs: TUNNEL_TIMEOUT_MS, signal });
      onBreak(printable(result.stderr.trim()));
    } catch (error) {
      onBreak(error instanceof Error ? error.message : String(error));
    }
    await clock.sleep(200, signal);
  }
}

function tunnelCommand(options: TunnelOptions, port: number, end: TunnelEnd): readonly [string, ...string[]] {
  const { sandbox } = options;
  const server = findServer(options);
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'ExitOnForwardFailure=yes',
    'ConnectTimeout=2',
    'ServerAliveInterval=2',
    'ServerAliveCountMax=2',
    'ControlMaster=no',
    'ControlPath=none',
    `UserKnownHostsFile=${sandbox.knownHostsFile}`,
  ];
  return [
    'ssh',
    '-F',
    '/dev/null',
    '-N',
    '-i',
    sandbox.identityFile,
    '-p',
    String(server.sshPort),
    ...settings.flatMap((setting) => ['-o', setting]),
    '-L',
    `127.0.0.1:${port}:${end.host}:${end.port}`,
    `root@${server.address}`,
  ];
}

function findServer({ sandbox, through }: TunnelOptions): SandboxServer {
  const found = sandbox.servers.find(({ name }) => name === through);
  if (found !== undefined) return found;
  const known = sandbox.servers.map(({ name }) => name);
  throw new FlotillaError('SANDBOX_UNKNOWN_TARGET', { target: `server ${through}`, known });
}

async function endpointAddress(runner: CommandRunner, container: string, service: string): Promise<string> {
  const script =
    'docker inspect -f "{{(index .NetworkSettings.Networks \\"$2\\").IPAddress}}" $(docker ps -q --filter "label=$1")';
  const label = `${SERVICE_LABEL}=${endpointUnit(service)}`;
  const argv = ['docker', 'exec', container, 'sh', '-c', script, 'endpoint', label, UNIT_NETWORK] as const;
  const result = await runner.run({ argv, timeoutMs: 10_000 });
  const address = result.stdout.trim();
  if (/^[\d.]+$/.test(address)) return address;
  throw new Error(`${container} has no running ${endpointUnit(service)} ${printable(result.stderr.trim())}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
