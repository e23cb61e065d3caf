import type { Clock, CommandRunner } from '@flotilla/exec';
import { printable } from '@flotilla/exec';
import { FlotillaError, SERVICE_LABEL } from '@flotilla/model';

import type { ContainerState } from '../boot/docker.ts';
import { sandboxContainers } from '../boot/docker.ts';
import { networkName } from '../boot/names.ts';
import { awaitServer } from '../boot/servers.ts';
import type { Fault, ServiceTarget } from './fault.ts';
import { formatFault } from './fault.ts';

/** Which sandbox a fault strikes. */
export type FaultOptions = {
  readonly environment: string;
  readonly runner: CommandRunner;
  readonly clock: Clock;
};

/**
 * Causes one fault and returns once it is there; after `boot` and `reboot`, once SSH and the engine answer. Throws SANDBOX_NOT_UP,
 * SANDBOX_UNKNOWN_TARGET, SANDBOX_FAULT_FAILED, SANDBOX_BOOT_FAILED.
 */
export async function causeFault(options: FaultOptions, fault: Fault): Promise<void> {
  const containers = await sandboxContainers(options.runner, options.environment);
  const servers = containers.filter(({ server }) => server !== '');
  if (servers.length === 0) throw new FlotillaError('SANDBOX_NOT_UP', { environment: options.environment });
  const strike: Strike = { options, servers, fault };
  if (fault.kind === 'reboot') return reboot(strike);
  const found = servers.find(({ server }) => server === fault.server);
  if (found === undefined) {
    const known = servers.map(({ server }) => server);
    throw new FlotillaError('SANDBOX_UNKNOWN_TARGET', { target: `server ${fault.server}`, known });
  }
  await strikeServer(strike, found);
}

type Strike = { readonly options: FaultOptions; readonly servers: readonly ContainerState[]; readonly fault: Fault };

async function strikeServer(strike: Strike, found: ContainerState): Promise<void> {
  const { fault, options } = strike;
  const network = networkName(options.environment);
  switch (fault.kind) {
    case 'kill':
    case 'pause':
    case 'unpause':
      return engine(strike, [fault.kind, found.name]);
    case 'stop':
      return engine(strike, ['stop', '-t', '60', found.name]);
    case 'boot':
      await engine(strike, ['start', found.name]);
      return awaitUp(options, found);
    case 'disconnect':
      return engine(strike, ['network', 'disconnect', network, found.name]);
    case 'reconnect':
      return engine(strike, ['network', 'connect', '--ip', found.address, network, found.name]);
    case 'pause-service':
    case 'unpause-service':
    case 'boot-service':
    case 'kill-service':
      return strikeService(strike, found, fault);
    case 'reboot':
      return reboot(strike);
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}

type ServiceFault = Extract<Fault, ServiceTarget>;

/** $1 is the label that finds the container; each script leaves nothing behind when it is missing. */
const FIND = 'id=$(docker ps -aq --filter "label=$1" | head -n 1); [ -n "$id" ] || exit 44; ';
const KILL_PROCESS =
  'pid=$(docker inspect -f "{{.State.Pid}}" "$id"); [ "$pid" -gt 0 ] || { echo "it does not run" >&2; exit 1; }; kill -s KILL "$pid"';
const SERVICE_SCRIPTS = {
  'pause-service': 'docker pause "$id"',
  'unpause-service': 'docker unpause "$id"',
  'boot-service': 'docker update --restart unless-stopped "$id" && docker start "$id"',
  // The engine never restarts what it was itself told to kill, so the signal comes from beside it: this is a crash.
  crash: KILL_PROCESS,
  'last-crash': `docker update --restart no "$id" && ${KILL_PROCESS}`,
} as const;
const NOT_FOUND = 44;

async function strikeService(strike: Strike, { name }: ContainerState, fault: ServiceFault): Promise<void> {
  const { runner } = strike.options;
  const crash = fault.kind === 'kill-service' && fault.restarts ? 'crash' : 'last-crash';
  const script = FIND + SERVICE_SCRIPTS[fault.kind === 'kill-service' ? crash : fault.kind];
  const label = `${SERVICE_LABEL}=${fault.service}`;
  const result = await runner.run({
    argv: ['docker', 'exec', name, 'sh', '-c', script, 'fault', label],
    timeoutMs: 30_000,
  });
  if (result.exitCode === 0) return;
  if (result.exitCode !== NOT_FOUND) fail(fault, result.stderr);
  const known = await servicesOn(runner, name);
  throw new FlotillaError('SANDBOX_UNKNOWN_TARGET', { target: `${fault.service} on ${fault.server}`, known });
}

async function servicesOn(runner: CommandRunner, container: string): Promise<readonly string[]> {
  const format = `{{.Label "${SERVICE_LABEL}"}}`;
  const argv = ['docker', 'exec', container, 'docker', 'ps', '-a', '--format', format] as const;
  const { stdout } = await runner.run({ argv, timeoutMs: 20_000 });
  return [...new Set(stdout.split('\n').filter((line) => line !== ''))].toSorted();
}

async function reboot(strike: Strike): Promise<void> {
  const { options, servers } = strike;
  const alive = servers.filter(({ status }) => status === 'running' || status === 'paused').map(({ name }) => name);
  if (alive.length > 0) await engine(strike, ['kill', ...alive]);
  await engine(strike, ['start', ...servers.map(({ name }) => name)]);
  await Promise.all(servers.map((server) => awaitUp(options, server)));
}

async function awaitUp(options: FaultOptions, container: ContainerState): Promise<void> {
  const { server, address, sshPort, isConnected } = container;
  // Without its cable it boots all the same, but nobody can see it.
  if (!isConnected) return;
  await awaitServer(options, { name: server, address, sshPort });
}

async function engine({ options, fault }: Strike, args: readonly string[]): Promise<void> {
  const result = await options.runner.run({ argv: ['docker', ...args], timeoutMs: 90_000 });
  if (result.exitCode !== 0) fail(fault, result.stderr);
}

function fail(fault: Fault, stderr: string): never {
  throw new FlotillaError('SANDBOX_FAULT_FAILED', { fault: formatFault(fault), stderr: printable(stderr.trim()) });
}
