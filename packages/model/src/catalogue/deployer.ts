/** What can fail in deployer. Codes are permanent. */
export const deployerErrors = {
  DEPLOY_LOCK_HELD: {
    title: 'Another tool is changing the fleet',
    message: (facts: {
      readonly server: string;
      readonly holder: string;
      readonly reason: string;
      readonly environment: string;
    }) => `${facts.server} is locked by ${facts.holder} (${facts.reason}); nothing was changed`,
    hint: (facts: { readonly environment: string }) => `wait for it, or: scripts/flotilla unlock ${facts.environment}`,
  },
  DEPLOY_NO_SERVER: {
    title: 'No server answers',
    message: (facts: { readonly environment: string; readonly detail: string }) =>
      `no server of ${facts.environment} answers; nothing was changed: ${facts.detail}`,
    hint: (facts: { readonly environment: string }) => `scripts/flotilla bootstrap ${facts.environment}`,
  },
  DEPLOY_HOST_KEY_REFUSED: {
    title: 'A server shows another host key than the pinned one',
    message: (facts: { readonly server: string; readonly detail: string }) =>
      `${facts.server} may be another machine: its host key is not the pinned one; nothing was changed: ${facts.detail}`,
    hint: (facts: { readonly server: string }) =>
      `compare the key on the console of ${facts.server} (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then correct known_hosts`,
  },
  DEPLOY_EDGE_UNREACHABLE: {
    title: 'The balancer cannot be told to drain',
    message: (facts: { readonly server: string; readonly services: readonly string[] }) =>
      `${facts.server} does not answer, so ${facts.services.join(', ')} cannot be taken out of rotation; nothing was changed`,
  },
  DEPLOY_DISK_FULL: {
    title: 'A server has too little free disk',
    message: (facts: { readonly server: string; readonly free: string; readonly needed: string }) =>
      `${facts.server} has ${facts.free} of disk left and ${facts.needed} are needed; nothing was changed`,
    hint: () => 'docker system df',
  },
  DEPLOY_PULL_FAILED: {
    title: 'An image is not available',
    message: (facts: { readonly server: string; readonly images: readonly string[]; readonly detail: string }) =>
      `${facts.server} cannot pull ${facts.images.join(', ')}; nothing was changed: ${facts.detail}`,
  },
  DEPLOY_GATE_FAILED: {
    title: 'A new release is not well',
    message: (facts: {
      readonly server: string;
      readonly service: string;
      readonly output: string;
      readonly logs: string;
    }) =>
      `${facts.service} on ${facts.server} is not well: ${facts.output}${facts.logs === '' ? '' : `\nits last lines:\n${facts.logs}`}`,
  },
  DEPLOY_STEP_FAILED: {
    title: 'A step of a deploy failed',
    message: (facts: {
      readonly server: string;
      readonly service: string;
      readonly action: string;
      readonly detail: string;
    }) => `${facts.action} ${facts.service} on ${facts.server} failed: ${facts.detail}`,
  },
  DEPLOY_OUTCOME_UNKNOWN: {
    title: 'The connection broke in the middle of a step',
    message: (facts: { readonly server: string; readonly service: string; readonly detail: string }) =>
      `${facts.server} was lost while ${facts.service} changed, and its outcome is not known: ${facts.detail}`,
    hint: () => 'deploy again once the server answers: it continues where this one stopped',
  },
  DEPLOY_PREEMPTED: {
    title: 'A failover took over',
    message: (facts: { readonly server: string; readonly holder: string; readonly reason: string }) =>
      `${facts.holder} took the lock of ${facts.server} for a failover (${facts.reason}); the deploy stopped between two steps`,
    hint: () => 'deploy again when the failover is over',
  },
  DEPLOY_INTERRUPTED: {
    title: 'A signal stopped the deploy',
    message: (facts: { readonly environment: string }) =>
      `a signal asked the deploy of ${facts.environment} to stop; it stopped between two steps`,
    hint: () => 'deploy again: it continues where this one stopped',
  },
  DEPLOY_LOCK_LOST: {
    title: 'The lock of a server went away',
    message: (facts: { readonly server: string }) =>
      `the lock of ${facts.server} expired or was broken; the deploy stopped between two steps`,
    hint: () => 'see who changes the fleet, then deploy again',
  },
  DEPLOY_DATA_WITHOUT_TERM: {
    title: 'There are data, but no guard knows whose they are',
    message: (facts: { readonly service: string; readonly servers: readonly string[] }) =>
      `${facts.service} has data on ${facts.servers.join(', ')}, but no server has a record of its primary; they were not touched`,
    hint: (facts: { readonly service: string }) => `scripts/flotilla adopt <environment> ${facts.service}`,
  },
  DEPLOY_GUARD_SILENT: {
    title: 'A guard does not answer',
    message: (facts: { readonly service: string; readonly servers: readonly string[] }) =>
      `the guards of ${facts.servers.join(', ')} do not answer for ${facts.service}; its first primary was not chosen`,
    hint: () => 'docker ps --filter name=guard, on that server',
  },
  DEPLOY_GUARD_REFUSED: {
    title: 'A guard refused the first primary',
    message: (facts: { readonly service: string; readonly server: string; readonly detail: string }) =>
      `the guard of ${facts.server} refused to begin ${facts.service}: ${facts.detail}`,
  },
  DEPLOY_MAJOR_VERSION: {
    title: 'A database would find data of another major version',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly from: string;
      readonly to: string;
      readonly path: string;
    }) =>
      `${facts.service} on ${facts.server} runs version ${facts.from}; version ${facts.to} does not take over its data in a way that can be taken back; nothing was changed`,
    hint: (facts: { readonly path: string }) => facts.path,
  },
  DEPLOY_CONTROL_CHANGED: {
    title: 'Somebody else would decide about a running database',
    message: (facts: { readonly service: string; readonly from: string; readonly to: string; readonly path: string }) =>
      `${facts.service} was deployed with ${facts.from}; ${facts.to} does not take over its data, and members of both would not hear each other; nothing was changed`,
    hint: (facts: { readonly path: string }) => facts.path,
  },
  DEPLOY_PRIMARY_FIRST: {
    title: 'A replica would have less of a setting than its primary',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly primary: string;
      readonly settings: readonly string[];
    }) =>
      `${facts.service} on ${facts.server} would not start: ${facts.settings.join(', ')} may not be lower than on ${facts.primary}, which this deploy does not change; nothing was changed`,
    hint: (facts: { readonly primary: string }) => `deploy to ${facts.primary} first, or to all servers at once`,
  },
  DEPLOY_HAND_OVER_FAILED: {
    title: 'The primary could not be relieved',
    message: (facts: {
      readonly service: string;
      readonly from: string;
      readonly candidates: readonly string[];
      readonly detail: string;
    }) =>
      `${facts.service} keeps its primary ${facts.from} on the old release, because none of ${facts.candidates.join(', ')} took over: ${facts.detail}`,
    hint: (facts: { readonly service: string }) =>
      `scripts/flotilla status <environment> shows the members of ${facts.service}; deploy again when a replica streams`,
  },
  DEPLOY_BOOTSTRAP_FAILED: {
    title: 'A server could not be prepared',
    message: (facts: { readonly server: string; readonly detail: string }) =>
      `${facts.server} could not be prepared: ${facts.detail}`,
  },
} as const;
