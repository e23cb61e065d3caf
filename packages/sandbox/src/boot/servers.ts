import type { Clock, CommandRunner } from '@flotilla/exec';
import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { innerNetworks } from './addresses.ts';
import type { ContainerState } from './docker.ts';
import { docker } from './docker.ts';
import { networkName, serverContainer, stateFiles } from './names.ts';
import { answersSsh } from './reach.ts';
import { createServer } from './server-container.ts';
import { serverFiles } from './server-files.ts';
import { stageFiles } from './stage.ts';

/** How long a server may take from its start until SSH and its engine answer. */
const BOOT_TIMEOUT_MS = 60_000;

/** One server that is to run. */
export type WantedServer = { readonly name: string; readonly address: string; readonly sshPort: number };

/** What all servers of one sandbox share. */
export type ServerSetting = {
  readonly environment: string;
  readonly stateFolder: string;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly subnet: string;
  readonly registryAddress: string;
  readonly image: string;
  readonly publicKey: string;
};

/**
 * Creates, connects, thaws or starts the container of one server, whatever it needs, and does nothing to one that runs.
 * Throws SANDBOX_DOCKER_FAILED.
 */
export async function ensureServer(
  setting: ServerSetting,
  server: WantedServer,
  existing: ContainerState | undefined,
): Promise<void> {
  const { runner, environment } = setting;
  const container = serverContainer(environment, server.name);
  if (existing === undefined) await create(setting, server);
  // The files are copied in after the creation, so a container that never ran may lack them.
  if (existing?.status === 'created') await furnish(setting, server, existing.id);
  if (existing?.isConnected === false) {
    await docker(runner, ['network', 'connect', '--ip', server.address, networkName(environment), container]);
  }
  if (existing?.status === 'paused') await docker(runner, ['unpause', container]);
  if (existing?.status !== 'running' && existing?.status !== 'paused') await docker(runner, ['start', container]);
}

/** Waits until SSH and the engine of a started server answer. Throws SANDBOX_BOOT_FAILED. */
export async function awaitServer(
  { environment, runner, clock }: Pick<ServerSetting, 'environment' | 'runner' | 'clock'>,
  { name, address, sshPort }: WantedServer,
): Promise<void> {
  const container = serverContainer(environment, name);
  let detail = 'SSH does not answer';
  const up = await pollUntil(
    async () => {
      if (!(await answersSsh(address, sshPort))) return undefined;
      const argv = ['docker', 'exec', container, 'docker', 'version'] as const;
      const result = await runner.run({ argv, timeoutMs: 20_000 });
      detail = result.stderr.trim();
      return result.exitCode === 0 ? true : undefined;
    },
    { intervalMs: 100, timeoutMs: BOOT_TIMEOUT_MS, clock },
  );
  if (up === undefined) throw new FlotillaError('SANDBOX_BOOT_FAILED', { server: name, container, detail });
}

async function create(setting: ServerSetting, server: WantedServer): Promise<void> {
  const { runner, environment, registryAddress, image } = setting;
  const cgroupVersion = await readCgroupVersion(runner);
  const { name, address, sshPort } = server;
  const args = createServer({ environment, server: name, address, sshPort, registryAddress, image, cgroupVersion });
  await furnish(setting, server, await docker(runner, args));
}

async function furnish(setting: ServerSetting, server: WantedServer, containerId: string): Promise<void> {
  const { runner, stateFolder, subnet, publicKey } = setting;
  const hasNamespace = (await readCgroupVersion(runner)) === '2';
  const files = serverFiles({
    publicKey,
    sshPort: server.sshPort,
    networks: innerNetworks(subnet, server.address),
    ...(hasNamespace ? {} : { cgroup: `/docker/${containerId}` }),
  });
  const folder = stateFiles.serverFiles(stateFolder, server.name);
  await stageFiles(folder, files);
  await docker(runner, ['cp', `${folder}/.`, `${containerId}:/`]);
}

async function readCgroupVersion(runner: CommandRunner): Promise<'1' | '2'> {
  return (await docker(runner, ['info', '-f', '{{.CgroupVersion}}'])) === '2' ? '2' : '1';
}
