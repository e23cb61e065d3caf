import {
  ADDRESS_LABEL,
  networkName,
  REGISTRY_HOST,
  SANDBOX_LABEL,
  SERVER_LABEL,
  serverContainer,
  SSH_PORT_LABEL,
} from './names.ts';

/** What a server's container depends on. */
export type ServerContainer = {
  readonly environment: string;
  readonly server: string;
  readonly address: string;
  readonly sshPort: number;
  readonly registryAddress: string;
  readonly image: string;
  /** Version of the cgroup hierarchy of the machine that carries the sandbox. */
  readonly cgroupVersion: '1' | '2';
};

/**
 * Full privileges may be refused where this machine lacks one itself, so on the old hierarchy the container gets all but
 * SYS_RESOURCE, and systemd finds its place in the machine's own cgroups. On the new one, a namespace of its own does.
 */
const RIGHTS = {
  1: [
    '--cap-add=ALL',
    '--cap-drop=SYS_RESOURCE',
    '--security-opt=seccomp=unconfined',
    '--security-opt=apparmor=unconfined',
    '--security-opt=systempaths=unconfined',
    '--device-cgroup-rule=a *:* rwm',
    '--cgroupns=host',
    '--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw',
    '--env=SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
  ],
  2: ['--privileged', '--cgroupns=private'],
} as const;

/** Gives the engine command (without `docker`) that creates, but does not start, the container of one server. */
export function createServer(container: ServerContainer): readonly [string, ...string[]] {
  const { environment, server, address, sshPort, registryAddress, image, cgroupVersion } = container;
  const labels = {
    [SANDBOX_LABEL]: environment,
    [SERVER_LABEL]: server,
    [ADDRESS_LABEL]: address,
    [SSH_PORT_LABEL]: sshPort,
  };
  return [
    'create',
    `--name=${serverContainer(environment, server)}`,
    `--hostname=${server}`,
    ...Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`),
    `--network=${networkName(environment)}`,
    `--ip=${address}`,
    `--add-host=${REGISTRY_HOST}:${registryAddress}`,
    // A server that lost its power stays off until somebody turns it on.
    '--restart=no',
    ...RIGHTS[cgroupVersion],
    // The label finds the volume again when its container was removed without it.
    `--mount=type=volume,destination=/var/lib/docker,volume-label=${SANDBOX_LABEL}=${environment}`,
    '--tmpfs=/run:exec',
    '--tmpfs=/run/lock',
    '--tmpfs=/tmp:exec',
    '--env=container=docker',
    '--stop-signal=SIGRTMIN+3',
    image,
    '/sbin/init',
  ];
}
