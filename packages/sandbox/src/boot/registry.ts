import type { Clock, CommandRunner } from '@flotilla/exec';
import { pollUntil, printable } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { ContainerState } from './docker.ts';
import { docker } from './docker.ts';
import { ADDRESS_LABEL, networkName, REGISTRY_HOST, REGISTRY_PORT, registryContainer, SANDBOX_LABEL } from './names.ts';

const PUSH_TIMEOUT_MS = 300_000;

/** What the registry's container depends on. */
export type RegistrySetting = {
  readonly environment: string;
  readonly address: string;
  readonly image: string;
  readonly runner: CommandRunner;
  readonly clock: Clock;
};

/** Starts the registry unless it runs, waits until it answers, and gives the port it has on this machine's loopback. */
export async function ensureRegistry(setting: RegistrySetting, existing: ContainerState | undefined): Promise<number> {
  const { environment, runner, clock } = setting;
  const container = registryContainer(environment);
  if (existing === undefined) await docker(runner, createRegistry(setting));
  if (existing?.status === 'paused') await docker(runner, ['unpause', container]);
  await docker(runner, ['start', container]);
  const port = await publishedPort(runner, environment);
  const up = await pollUntil(async () => ((await answers(port)) ? true : undefined), {
    intervalMs: 100,
    timeoutMs: 30_000,
    clock,
  });
  if (up !== undefined) return port;
  const detail = await docker(runner, ['logs', '--tail', '3', container]);
  throw new FlotillaError('SANDBOX_BOOT_FAILED', { server: REGISTRY_HOST, container, detail: printable(detail) });
}

/** Gives the port of a running registry on this machine's loopback. Throws SANDBOX_NOT_UP. */
export async function publishedPort(runner: CommandRunner, environment: string): Promise<number> {
  const argv = ['docker', 'port', registryContainer(environment), `${REGISTRY_PORT}/tcp`] as const;
  const result = await runner.run({ argv, timeoutMs: 20_000 });
  const port = /:(\d+)\s*$/m.exec(result.stdout)?.[1];
  if (result.exitCode !== 0 || port === undefined) throw new FlotillaError('SANDBOX_NOT_UP', { environment });
  return Number(port);
}

/**
 * Pushes a local image under `name` and gives the reference by digest that the servers pull it with. May be repeated: what the
 * registry has already is not sent again. Throws SANDBOX_PUSH_FAILED.
 * @example await pushToRegistry(runner, { port, name: 'postgres', localTag: 'flotilla/postgres:1f2e' }) // registry:5000/postgres@sha256:…
 */
export async function pushToRegistry(
  runner: CommandRunner,
  { port, name, localTag }: { readonly port: number; readonly name: string; readonly localTag: string },
): Promise<string> {
  const tag = `127.0.0.1:${port}/${name}:${localTag.split(':')[1] ?? 'latest'}`;
  await docker(runner, ['tag', localTag, tag]);
  const result = await runner.run({ argv: ['docker', 'push', tag], timeoutMs: PUSH_TIMEOUT_MS });
  await docker(runner, ['rmi', '--no-prune', tag]);
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(result.stdout)?.[1];
  if (result.exitCode === 0 && digest !== undefined) return `${REGISTRY_HOST}:${REGISTRY_PORT}/${name}@${digest}`;
  const detail = result.timedOut ? `not done within ${PUSH_TIMEOUT_MS} ms` : printable(result.stderr.trim());
  throw new FlotillaError('SANDBOX_PUSH_FAILED', { image: localTag, detail });
}

function createRegistry({ environment, address, image }: RegistrySetting): readonly [string, ...string[]] {
  return [
    'create',
    `--name=${registryContainer(environment)}`,
    `--hostname=${REGISTRY_HOST}`,
    `--label=${SANDBOX_LABEL}=${environment}`,
    `--label=${ADDRESS_LABEL}=${address}`,
    `--network=${networkName(environment)}`,
    `--network-alias=${REGISTRY_HOST}`,
    `--ip=${address}`,
    `--publish=127.0.0.1::${REGISTRY_PORT}`,
    `--mount=type=volume,destination=/var/lib/registry,volume-label=${SANDBOX_LABEL}=${environment}`,
    '--restart=no',
    image,
  ];
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  return response?.ok === true;
}
