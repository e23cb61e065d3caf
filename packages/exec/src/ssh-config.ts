import type { Environment } from '@flotilla/model';

/** Where the files of one SSH session of ours are. */
export type SshFiles = {
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** Folder of the control sockets. */
  readonly controlDir: string;
  /** Account on every server; each server's own when absent. */
  readonly user?: string;
  readonly hostKeys?: 'known' | 'acceptNew';
};

/**
 * Gives the text of an ssh_config(5) with one `Host` per server. A file, because ProxyJump passes only the
 * configuration file on to the connection with the jump host, not the options of the command line.
 */
export function sshConfig(environment: Environment, files: SshFiles): string {
  const hosts = Object.entries(environment.servers).map(([name, server], index) =>
    [
      `Host ${name}`,
      `  HostName ${server.host}`,
      `  User ${files.user ?? server.ssh.user}`,
      `  Port ${server.ssh.port}`,
      `  ControlPath ${quoted(`${files.controlDir}/${index}`)}`,
      ...(server.ssh.via === undefined ? [] : [`  ProxyJump ${server.ssh.via}`]),
    ].join('\n'),
  );
  return `${[...hosts, common(files)].join('\n')}\n`;
}

function common({ identityFile, knownHostsFile, hostKeys }: SshFiles): string {
  return [
    'Host *',
    '  BatchMode yes',
    `  StrictHostKeyChecking ${hostKeys === 'acceptNew' ? 'accept-new' : 'yes'}`,
    `  UserKnownHostsFile ${quoted(knownHostsFile)}`,
    '  GlobalKnownHostsFile /dev/null',
    '  UpdateHostKeys no',
    `  IdentityFile ${quoted(identityFile)}`,
    '  IdentitiesOnly yes',
    '  ConnectTimeout 5',
    '  ControlMaster auto',
    '  ControlPersist 60',
    '  ServerAliveInterval 5',
    '  ServerAliveCountMax 2',
    '  ForwardAgent no',
    '  ForwardX11 no',
    '  RequestTTY no',
  ].join('\n');
}

function quoted(path: string): string {
  // ssh_config expands `%` and has no way to write a quotation mark or a line end.
  if (/["\n\r]/.test(path)) throw new Error(`ssh cannot use the path ${path}`);
  return `"${path.replaceAll('%', '%%')}"`;
}
