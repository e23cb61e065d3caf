import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { remoteScript } from '@flotilla/exec';
import type { RemoteCommand, RemoteResult, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT, paths } from '@flotilla/model';
import type { GuardStatus, ServerTree } from '@flotilla/model';
import { GenericContainer } from 'testcontainers';
import type { StartedNetwork, StartedTestContainer } from 'testcontainers';

import { parseGuardStatus } from '@flotilla/failover';
import { composeContainer, ENVIRONMENT, SERVICE } from './environment.ts';
import type { ServerName } from './environment.ts';

/** What every container of a test run shares. */
export type Run = {
  readonly id: string;
  readonly labels: Record<string, string>;
  readonly network: StartedNetwork;
  readonly images: Readonly<Record<'server' | 'postgres' | 'guard', string>>;
  /** Folder on this machine that holds the roots of the servers. */
  readonly folder: string;
};

/**
 * A server of the test fleet: a container that holds its address, its shell and its folders. What it runs joins its network, as it
 * would on a machine.
 */
export type TestServer = RemoteServer & {
  readonly name: ServerName;
  /** Folder on this machine that is the server's `/`, as far as Flotilla goes. */
  readonly root: string;
  /** Runs a POSIX-sh script as root; throws when it fails. */
  shell(script: string, ...args: readonly string[]): Promise<string>;
  /** Runs the server's own Docker on a unit's container, which keeps the name that it has on a machine. */
  docker(verb: 'start' | 'stop' | 'kill' | 'logs', service: string): Promise<string>;
  /** Creates and starts a unit's container from its rendered files. */
  deploy(tree: ServerTree, service: 'guard' | typeof SERVICE): Promise<void>;
  /** What its guard says; `undefined` when it is silent. */
  status(): Promise<GuardStatus | undefined>;
  /** Gives an order to its guard: the HTTP status and the body. */
  order(name: string, body: object): Promise<{ readonly status: number; readonly body: unknown }>;
};

/** One engine stands for the Docker of every server: names carry the server's on their way to it. */
const DOCKER = `#!/bin/sh
for word; do
  shift
  case $word in ${ENVIRONMENT}-*) word=$CONTAINER_PREFIX-\${word#${ENVIRONMENT}-} ;; esac
  set -- "$@" "$word"
done
exec /usr/bin/docker "$@"
`;

const SOCKET = '/var/run/docker.sock';
const OWN_FOLDERS = ['/var/lib/flotilla', '/run/flotilla'];

/** Starts a server without anything on it. */
export async function startServer(run: Run, name: ServerName): Promise<TestServer> {
  const root = join(run.folder, name);
  for (const folder of OWN_FOLDERS) await mkdir(join(root, folder), { recursive: true });
  const docker = join(root, 'docker');
  await writeFile(docker, DOCKER, { mode: 0o755 });
  const machine = await new GenericContainer(run.images.server)
    .withName(`${run.id}-${name}`)
    .withLabels(run.labels)
    .withNetwork(run.network)
    .withNetworkAliases(name)
    .withAddedCapabilities('NET_ADMIN')
    .withEnvironment({ CONTAINER_PREFIX: `${run.id}-${name}` })
    .withBindMounts([
      ...OWN_FOLDERS.map((folder) => ({ source: join(root, folder), target: folder })),
      { source: docker, target: '/usr/local/bin/docker', mode: 'ro' },
      { source: SOCKET, target: SOCKET },
    ])
    .withEntrypoint(['sleep'])
    .withCommand(['infinity'])
    .start();
  return controlOf(run, { name, root, machine });
}

type Machine = { readonly name: ServerName; readonly root: string; readonly machine: StartedTestContainer };

function controlOf(run: Run, { name, root, machine }: Machine): TestServer {
  const host = machine.getIpAddress(run.network.getName());
  const exec = (command: RemoteCommand) => runOn(machine, command);
  const shell = async (script: string, ...args: readonly string[]) => {
    const result = await exec({ argv: remoteScript(script, args), timeoutMs: 30_000 });
    if (result.exitCode !== 0) throw new Error(`${name}: ${script} ended with ${result.exitCode}: ${result.stderr}`);
    return result.stdout;
  };
  return {
    name,
    host,
    root,
    run: exec,
    shell,
    docker: (verb, service) => shell('docker "$1" "$2" 2>&1', verb, `${ENVIRONMENT}-${service}`),
    deploy: (tree, service) => deployUnit(run, { name, root, machine }, { tree, service }),
    status: async () => {
      const url = `http://${host}:${GUARD_PORT}/${SERVICE}/status`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
      return answer === undefined ? undefined : parseGuardStatus(await answer.text());
    },
    order: async (order, body) => {
      const socket = `${paths.guardControl(ENVIRONMENT)}/control.sock`;
      const script = `curl -sS --max-time 20 --unix-socket "$1" -w '\\n%{http_code}' --data-binary "$2" "http://guard/$3"`;
      const output = await shell(script, socket, JSON.stringify(body), `${SERVICE}/${order}`);
      const cut = output.lastIndexOf('\n');
      return { status: Number(output.slice(cut + 1)), body: JSON.parse(output.slice(0, cut)) };
    },
  };
}

async function runOn(machine: StartedTestContainer, { argv, stdin, timeoutMs }: RemoteCommand): Promise<RemoteResult> {
  if (stdin !== undefined) throw new Error('the test fleet carries no input to its servers');
  const startedAt = performance.now();
  const seconds = String(Math.ceil(timeoutMs / 1_000));
  const { exitCode, stdout, stderr } = await machine.exec(['timeout', '-k', '5', seconds, ...argv]);
  const durationMs = Math.round(performance.now() - startedAt);
  return { exitCode, stdout, stderr, durationMs, timedOut: exitCode === 124, unreachable: false };
}

type Unit = { readonly tree: ServerTree; readonly service: 'guard' | typeof SERVICE };

async function deployUnit(run: Run, { name, root, machine }: Machine, { tree, service }: Unit): Promise<void> {
  const { entrypoint, environment = {}, volumes } = composeContainer(tree, service);
  const container = new GenericContainer(run.images[service === 'guard' ? 'guard' : 'postgres'])
    .withName(`${run.id}-${name}-${service}`)
    .withLabels(run.labels)
    .withNetworkMode(`container:${machine.getId()}`)
    .withEnvironment(environment)
    .withBindMounts(volumes.map((volume) => mountBelow(root, volume)));
  await (entrypoint === undefined ? container : container.withEntrypoint(entrypoint)).start();
}

/** Starts a unit that shares the network of a server's containers; gives its address there. */
export async function startUnitBeside(
  run: Run,
  { name, root }: Pick<TestServer, 'name' | 'root'>,
  { tree, unit, image }: { readonly tree: ServerTree; readonly unit: string; readonly image: string },
): Promise<string> {
  const { entrypoint, command, volumes, networks = {} } = composeContainer(tree, unit);
  const container = new GenericContainer(image)
    .withName(`${run.id}-${name}-${unit}`)
    .withLabels(run.labels)
    .withNetwork(run.network)
    .withNetworkAliases(...Object.values(networks).flatMap(({ aliases }) => aliases))
    .withBindMounts(volumes.map((volume) => mountBelow(root, volume)));
  if (entrypoint !== undefined) container.withEntrypoint(entrypoint);
  if (command !== undefined) container.withCommand(command);
  return (await container.start()).getIpAddress(run.network.getName());
}

function mountBelow(root: string, volume: string) {
  const [source = '', target = '', mode] = volume.split(':');
  return { source: join(root, source), target, mode: mode === 'ro' ? 'ro' : 'rw' } as const;
}
