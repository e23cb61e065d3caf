import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { ContainerState } from '../boot/docker.ts';
import { sandboxContainers } from '../boot/docker.ts';
import { networkName } from '../boot/names.ts';
import type { Fault, ServerFault } from './fault.ts';
import { forgetNetworkFaults, strikeNetwork } from './strike-network.ts';
import { strikeService } from './strike-service.ts';
import type { FaultOptions, Strike } from './strike.ts';
import { awaitUp, engine, findServer, inServer } from './strike.ts';

/**
 * Causes one fault and returns once it is there; after `boot`, `mend` and `reboot`, once SSH and the engine answer. Throws
 * SANDBOX_NOT_UP, SANDBOX_UNKNOWN_TARGET, SANDBOX_FAULT_FAILED, SANDBOX_BOOT_FAILED.
 */
export async function causeFault(options: FaultOptions, fault: Fault): Promise<void> {
  const containers = await sandboxContainers(options.runner, options.environment);
  const servers = containers.filter(({ server }) => server !== '');
  if (servers.length === 0) throw new FlotillaError('SANDBOX_NOT_UP', { environment: options.environment });
  switch (fault.kind) {
    case 'reboot':
      return reboot({ options, servers, fault });
    case 'cut':
    case 'cut-controller':
    case 'lossy':
      return strikeNetwork({ options, servers, fault });
    case 'kill':
    case 'stop':
    case 'boot':
    case 'pause':
    case 'unpause':
    case 'disconnect':
    case 'reconnect':
    case 'mend':
      return strikeServer({ options, servers, fault });
    default:
      return strikeService({ options, servers, fault });
  }
}

async function strikeServer(strike: Strike<ServerFault>): Promise<void> {
  const { fault, options } = strike;
  const found = findServer(strike, fault.server);
  const network = networkName(options.environment);
  switch (fault.kind) {
    case 'kill':
    case 'unpause':
      return engine(strike, [fault.kind, found.name]);
    case 'pause':
      return pause(strike, found.name);
    case 'stop':
      return engine(strike, ['stop', '-t', '60', found.name]);
    case 'boot':
      await engine(strike, ['start', found.name]);
      return awaitUp(options, found);
    case 'disconnect':
      return engine(strike, ['network', 'disconnect', network, found.name]);
    case 'reconnect':
      return engine(strike, ['network', 'connect', '--ip', found.address, network, found.name]);
    case 'mend':
      return mend(strike, found);
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}

const PAUSE_TIMEOUT_MS = 10_000;

/** A busy cgroup of version 1 is not always frozen at the first try: it then runs on, and may be tried again. */
async function pause(strike: Strike, name: string): Promise<void> {
  const { runner, clock } = strike.options;
  const probe = async () => {
    const { exitCode } = await runner.run({ argv: ['docker', 'pause', name], timeoutMs: 90_000 });
    return exitCode === 0 ? true : undefined;
  };
  const paused = await pollUntil(probe, { intervalMs: 300, timeoutMs: PAUSE_TIMEOUT_MS, clock });
  // The last try says why.
  if (paused === undefined) await engine(strike, ['pause', name]);
}

const UNPAUSE_ALL = 'docker ps -q --filter status=paused | xargs -r docker unpause';

async function mend(strike: Strike, found: ContainerState): Promise<void> {
  const { options } = strike;
  const { name, address, status } = found;
  if (!found.isConnected) {
    await engine(strike, ['network', 'connect', '--ip', address, networkName(options.environment), name]);
  }
  if (status === 'paused') await engine(strike, ['unpause', name]);
  else if (status !== 'running') await engine(strike, ['start', name]);
  // A cut from this machine would hide that the server is up.
  await forgetNetworkFaults(strike, found);
  await awaitUp(options, { ...found, isConnected: true });
  await inServer(strike, { container: name, script: UNPAUSE_ALL, words: [] });
}

async function reboot(strike: Strike): Promise<void> {
  const { options, servers } = strike;
  const alive = servers.filter(({ status }) => status === 'running' || status === 'paused').map(({ name }) => name);
  if (alive.length > 0) await engine(strike, ['kill', ...alive]);
  await engine(strike, ['start', ...servers.map(({ name }) => name)]);
  await Promise.all(servers.map((server) => awaitUp(options, server)));
}
