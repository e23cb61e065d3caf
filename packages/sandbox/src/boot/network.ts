import type { CommandRunner } from '@flotilla/exec';
import { printable } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { docker } from './docker.ts';
import { networkName, SANDBOX_LABEL } from './names.ts';

const ATTEMPTS = 5;

/**
 * Makes the sandbox's network unless it is there, and gives its subnet. Docker chooses the subnet: it makes the network once
 * to learn a free one, then again with that subnet written down, because it fixes addresses only in a network that names its own.
 * Throws SANDBOX_NO_SUBNET when there is none to be had.
 */
export async function ensureNetwork(runner: CommandRunner, environment: string): Promise<string> {
  const name = networkName(environment);
  const existing = await findSubnet(runner, name);
  if (existing !== undefined) return existing;
  let detail = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const subnet = await freeSubnet(runner, environment);
    const label = `${SANDBOX_LABEL}=${environment}`;
    const argv = ['docker', 'network', 'create', '--subnet', subnet, '--label', label, name] as const;
    const result = await runner.run({ argv, timeoutMs: 30_000 });
    if (result.exitCode === 0) return subnet;
    detail = printable(result.stderr.trim());
  }
  throw new FlotillaError('SANDBOX_NO_SUBNET', { network: name, detail });
}

async function freeSubnet(runner: CommandRunner, environment: string): Promise<string> {
  const probe = `${networkName(environment)}-probe`;
  await runner.run({ argv: ['docker', 'network', 'rm', probe], timeoutMs: 30_000 });
  await docker(runner, ['network', 'create', '--label', `${SANDBOX_LABEL}=${environment}`, probe]);
  const subnet = await findSubnet(runner, probe);
  await docker(runner, ['network', 'rm', probe]);
  if (subnet === undefined)
    throw new FlotillaError('SANDBOX_NO_SUBNET', { network: probe, detail: 'it has no subnet' });
  return subnet;
}

async function findSubnet(runner: CommandRunner, name: string): Promise<string | undefined> {
  const argv = ['docker', 'network', 'inspect', '-f', '{{range .IPAM.Config}}{{.Subnet}} {{end}}', name] as const;
  const result = await runner.run({ argv, timeoutMs: 30_000 });
  if (result.exitCode !== 0) return undefined;
  return result.stdout.split(/\s+/).find((subnet) => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(subnet));
}
