/** What can fail in sandbox. Codes are permanent. */
export const sandboxErrors = {
  SANDBOX_DOCKER_FAILED: {
    title: 'The Docker engine that carries the sandbox refused a command',
    message: (facts: { readonly action: string; readonly stderr: string }) => `${facts.action} failed: ${facts.stderr}`,
    hint: () => 'look at the engine with: docker info',
  },
  SANDBOX_NO_SUBNET: {
    title: 'No free network for the sandbox',
    message: (facts: { readonly network: string; readonly detail: string }) =>
      `${facts.network} could not be created: ${facts.detail}`,
    hint: () => 'see what takes the addresses with: docker network ls',
  },
  SANDBOX_NO_IMAGE: {
    title: 'Nothing to run in the place of an image',
    message: (facts: { readonly reference: string }) =>
      `no registry offers ${facts.reference}, and no bench image stands for it`,
    hint: () => 'push the image to a registry that this machine reaches, or pull it here before',
  },
  SANDBOX_KEYS_FAILED: {
    title: 'SSH keys for the sandbox could not be made',
    message: (facts: { readonly detail: string }) => `ssh-keygen failed: ${facts.detail}`,
    hint: () => 'install the OpenSSH client, or run: scripts/setup',
  },
  SANDBOX_BOOT_FAILED: {
    title: 'A sandbox server did not come up',
    message: (facts: { readonly server: string; readonly container: string; readonly detail: string }) =>
      `${facts.server} did not come up: ${facts.detail}`,
    hint: (facts: { readonly container: string }) =>
      `docker exec ${facts.container} journalctl -b --no-pager -p warning`,
  },
  SANDBOX_PUSH_FAILED: {
    title: 'An image did not reach the registry of the sandbox',
    message: (facts: { readonly image: string; readonly detail: string }) => `pushing ${facts.image}: ${facts.detail}`,
  },
  SANDBOX_NOT_UP: {
    title: 'The sandbox is not running',
    message: (facts: { readonly environment: string }) => `the sandbox of ${facts.environment} is not running`,
    hint: (facts: { readonly environment: string }) => `scripts/flotilla up ${facts.environment}`,
  },
  SANDBOX_UNKNOWN_TARGET: {
    title: 'A fault names something that the sandbox does not have',
    message: (facts: { readonly target: string; readonly known: readonly string[] }) =>
      `there is no ${facts.target} in this sandbox; it has ${facts.known.join(', ')}`,
  },
  SANDBOX_FAULT_FAILED: {
    title: 'A fault could not be caused',
    message: (facts: { readonly fault: string; readonly stderr: string }) => `${facts.fault} failed: ${facts.stderr}`,
  },
  SANDBOX_TUNNEL_FAILED: {
    title: 'The test client cannot reach the data endpoint',
    message: (facts: { readonly server: string; readonly detail: string }) =>
      `no tunnel through ${facts.server}: ${facts.detail}`,
  },
  SANDBOX_ORACLE_FAILED: {
    title: 'The oracle could not do its work',
    message: (facts: { readonly step: string; readonly detail: string }) => `${facts.step}: ${facts.detail}`,
  },
} as const;
