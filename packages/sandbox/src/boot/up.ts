import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';

import type { Clock, CommandRunner } from '@flotilla/exec';
import type { Environment } from '@flotilla/model';

import { assignAddresses, registryAddress } from './addresses.ts';
import { derivedImages } from './derived-images.ts';
import { sandboxContainers } from './docker.ts';
import { environmentText } from './environment-text.ts';
import type { ImageSource, PreparedImages } from './image-source.ts';
import { ensureHostKeys, ensureIdentity } from './keys.ts';
import { registryContainer, serverContainer, stateFiles } from './names.ts';
import { ensureNetwork } from './network.ts';
import type { PushedImages } from './push.ts';
import { pushImages } from './push.ts';
import { ensureRegistry } from './registry.ts';
import type { BootedSandbox, SandboxEvent } from './sandbox.ts';
import { inStep } from './sandbox.ts';
import { ensureSecrets } from './secrets.ts';
import type { WantedServer } from './servers.ts';
import { awaitServer, ensureServer } from './servers.ts';

/** What a sandbox is made from. */
export type UpOptions = {
  /** The real environment. */
  readonly environment: Environment;
  /** Folder of the real environment's `environment.yaml`. */
  readonly entryFolder: string;
  /** Folder for everything that belongs to the sandbox; made (0700) when missing. */
  readonly stateFolder: string;
  /** Names of all secrets that the rendered environment asks for. */
  readonly secretNames: readonly string[];
  readonly images: ImageSource;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly events: (event: SandboxEvent) => void;
};

/**
 * Boots the sandbox of an environment and gives it once every server answers over SSH with its engine up. May be repeated: what
 * runs is left alone, what stands is started, what is missing is made. The network and its addresses are Docker's on this
 * machine, so it must be Linux. Throws SANDBOX_… codes; what was made until then stays, and `downSandbox` removes it.
 */
export async function upSandbox(options: UpOptions): Promise<BootedSandbox> {
  const { environment, stateFolder, runner } = options;
  await mkdir(stateFolder, { recursive: true });
  await chmod(stateFolder, 0o700);
  const declared = Object.values(environment.services).map((service) => service.image);
  const references = [...declared, ...derivedImages(environment).values()];
  const prepared = await inStep(options, 'images', () => options.images.prepare([...new Set(references)].toSorted()));
  const subnet = await inStep(options, 'network', () => ensureNetwork(runner, environment.environment));
  const servers = await wantedServers(options, subnet);
  const publicKey = await inStep(options, 'keys', async () => {
    await ensureHostKeys(runner, stateFolder, servers);
    return ensureIdentity(runner, stateFolder);
  });
  const booting: Booting = { options, subnet, prepared, servers, publicKey };
  const [pushed] = await settleAll(fillRegistry(booting), bootServers(booting));
  await inStep(options, 'files', () => writeFiles(booting, pushed));
  return describe(booting, pushed);
}

type Booting = {
  readonly options: UpOptions;
  readonly subnet: string;
  readonly prepared: PreparedImages;
  readonly servers: readonly WantedServer[];
  readonly publicKey: string;
};

/** Waits for both even when one fails, so that nothing still works on the sandbox when the failure is told. */
async function settleAll<A, B>(left: Promise<A>, right: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([left, right]);
  return Promise.all([left, right]);
}

async function wantedServers({ environment, runner }: UpOptions, subnet: string): Promise<readonly WantedServer[]> {
  const containers = await sandboxContainers(runner, environment.environment);
  const taken = new Map(containers.map(({ server, address }) => [server, address]));
  taken.delete('');
  const addresses = assignAddresses(subnet, Object.keys(environment.servers), taken);
  return Object.entries(environment.servers).map(([name, server]) => ({
    name,
    address: addresses.get(name) ?? '',
    sshPort: server.ssh?.port ?? 22,
  }));
}

async function fillRegistry({ options, subnet, prepared }: Booting): Promise<PushedImages> {
  const { runner, clock } = options;
  const environment = options.environment.environment;
  const containers = await sandboxContainers(runner, environment);
  const existing = containers.find(({ name }) => name === registryContainer(environment));
  const setting = { environment, address: registryAddress(subnet), image: prepared.registry.tag, runner, clock };
  const port = await inStep(options, 'registry', () => ensureRegistry(setting, existing));
  return inStep(options, 'push', () => pushImages(runner, port, prepared));
}

async function bootServers(booting: Booting): Promise<void> {
  const { options, subnet, prepared, servers, publicKey } = booting;
  const { environment, stateFolder, runner, clock, events } = options;
  const name = environment.environment;
  const shared = { environment: name, stateFolder, runner, clock, subnet, publicKey };
  const setting = { ...shared, registryAddress: registryAddress(subnet), image: prepared.server.tag };
  const containers = await sandboxContainers(runner, name);
  const startedAt = clock.now();
  const boot = async (server: WantedServer) => {
    const container = serverContainer(name, server.name);
    await ensureServer(
      setting,
      server,
      containers.find((other) => other.name === container),
    );
    await awaitServer(setting, server);
    events({ kind: 'server-up', server: server.name, durationMs: clock.now() - startedAt });
  };
  await inStep(options, 'servers', async () => {
    const boots = servers.map(boot);
    await Promise.allSettled(boots);
    await Promise.all(boots);
  });
}

async function writeFiles({ options, servers }: Booting, pushed: PushedImages): Promise<void> {
  const { environment, entryFolder, stateFolder, secretNames } = options;
  const text = environmentText(environment, {
    extends: relative(stateFolder, entryFolder).split(sep).join('/'),
    addresses: new Map(servers.map(({ name, address }) => [name, address])),
    images: pushed.references,
    guardImage: pushed.guard,
    endpointImage: pushed.endpoint,
    derivedImages: derivedImages(environment),
  });
  await writeFile(stateFiles.environment(stateFolder), text);
  await ensureSecrets(stateFiles.secrets(stateFolder), secretNames);
}

function describe({ options, servers }: Booting, pushed: PushedImages): BootedSandbox {
  const { stateFolder } = options;
  const environment = options.environment.environment;
  return {
    environment,
    stateFolder,
    environmentFile: stateFiles.environment(stateFolder),
    secretsFile: stateFiles.secrets(stateFolder),
    identityFile: stateFiles.identity(stateFolder),
    knownHostsFile: stateFiles.knownHosts(stateFolder),
    servers: servers.map((server) => ({ ...server, container: serverContainer(environment, server.name) })),
    images: pushed.references,
  };
}
