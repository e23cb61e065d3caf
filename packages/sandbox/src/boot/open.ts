import type { CommandRunner } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { sandboxContainers } from './docker.ts';
import { stateFiles } from './names.ts';
import type { Sandbox } from './sandbox.ts';

/** Gives the sandbox that `upSandbox` booted earlier, as it stands; sorted by server. Throws SANDBOX_NOT_UP. */
export async function openSandbox({
  environment,
  stateFolder,
  runner,
}: {
  readonly environment: string;
  readonly stateFolder: string;
  readonly runner: CommandRunner;
}): Promise<Sandbox> {
  const containers = (await sandboxContainers(runner, environment)).filter(({ server }) => server !== '');
  if (containers.length === 0) throw new FlotillaError('SANDBOX_NOT_UP', { environment });
  return {
    environment,
    stateFolder,
    environmentFile: stateFiles.environment(stateFolder),
    secretsFile: stateFiles.secrets(stateFolder),
    identityFile: stateFiles.identity(stateFolder),
    knownHostsFile: stateFiles.knownHosts(stateFolder),
    servers: containers.map(({ server, name, address, sshPort }) => ({
      name: server,
      container: name,
      address,
      sshPort,
    })),
  };
}
