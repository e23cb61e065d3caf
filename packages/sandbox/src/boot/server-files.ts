import { REGISTRY_HOST, REGISTRY_PORT } from './names.ts';
import type { InnerNetworks } from './addresses.ts';

/** One file to put into a server before its first boot. `path` is relative to `/`. */
export type ServerFile =
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly mode: number }
  /** A systemd unit that must not run. */
  | { readonly kind: 'mask'; readonly path: string };

/** What the files of a server depend on. */
export type ServerFacts = {
  readonly publicKey: string;
  readonly sshPort: number;
  readonly networks: InnerNetworks;
  /** The cgroup that holds the server; absent where the server has a cgroup namespace of its own. */
  readonly cgroup?: string;
};

/** Units that cost boot time, or reach through to the kernel of the machine that carries the sandbox. */
const MASKED = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'console-getty.service',
  'dev-hugepages.mount',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty.target',
  'ldconfig.service',
  'modprobe@.service',
  'proc-sys-fs-binfmt_misc.automount',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-config.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-binfmt.service',
  'systemd-journal-catalog-update.service',
  'systemd-logind.service',
  'systemd-modules-load.service',
  'systemd-pstore.service',
  'systemd-sysctl.service',
  'systemd-udev-trigger.service',
  'systemd-udevd.service',
  'systemd-update-done.service',
] as const;

/** Gives the files that make a server of the image one of this sandbox, sorted by path. */
export function serverFiles(facts: ServerFacts): readonly ServerFile[] {
  const files: ServerFile[] = [
    text('etc/docker/daemon.json', daemonConfig(facts)),
    text('etc/ssh/sshd_config.d/00-sandbox.conf', sshdConfig(facts)),
    // The image makes its own host keys at its first boot; here they are known before.
    text('etc/systemd/system/ssh.service.d/sandbox.conf', '[Service]\nExecStartPre=\nExecStartPre=/usr/sbin/sshd -t\n'),
    text('etc/systemd/journald.conf.d/sandbox.conf', '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n'),
    { kind: 'text', path: 'root/.ssh/authorized_keys', text: `${facts.publicKey}\n`, mode: 0o600 },
    ...MASKED.map((unit): ServerFile => ({ kind: 'mask', path: `etc/systemd/system/${unit}` })),
  ];
  return files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

function text(path: string, content: string): ServerFile {
  return { kind: 'text', path, text: content, mode: 0o644 };
}

function sshdConfig({ sshPort }: ServerFacts): string {
  return `HostKey /etc/ssh/ssh_host_ed25519_key\nPort ${sshPort}\n`;
}

function daemonConfig({ networks, cgroup }: ServerFacts): string {
  const config = {
    'insecure-registries': [`${REGISTRY_HOST}:${REGISTRY_PORT}`],
    bip: networks.bridge,
    'default-address-pools': [{ base: networks.pool, size: 24 }],
    // Containers stand below the server's own cgroup, or freezing the server would leave them running.
    ...(cgroup === undefined ? {} : { 'cgroup-parent': `${cgroup}/containers` }),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
