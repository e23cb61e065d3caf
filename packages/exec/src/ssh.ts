import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Environment } from '@flotilla/model';

import type { CommandRunner } from './command.ts';
import { quoteRemote } from './quote.ts';
import { findServer } from './recording.ts';
import type { RemoteCommand, RemoteFleet, RemoteResult, RemoteServer } from './remote.ts';
import { sshConfig } from './ssh-config.ts';

/** How to reach the servers of one environment. */
export type SshFleetOptions = {
  readonly environment: Environment;
  readonly runner: CommandRunner;
  /** Private key of the deploy user. */
  readonly identityFile: string;
  /** The repository's known host keys; a server whose key is not there is not spoken to. */
  readonly knownHostsFile: string;
  /** Folder for control sockets. A folder of this user under XDG_RUNTIME_DIR or /tmp when absent or too long. */
  readonly controlDir?: string;
  /** Account for first contact, before the deploy user exists. Each server's own `ssh.user` when absent. */
  readonly user?: string;
  /** `acceptNew` records the key of a server that the known hosts do not name yet; a changed key is refused all the same. */
  readonly hostKeys?: 'known' | 'acceptNew';
};

/** A fleet with open connections. */
export type SshFleet = RemoteFleet & {
  /** Ends the shared connections and removes the session's files. The fleet is not usable afterwards. */
  close(): Promise<void>;
};

/** Unix sockets take 104 bytes on the narrowest system; ssh adds 17 while it creates one, and we add `/s-XXXXXX/NN`. */
const LONGEST_CONTROL_DIR = 104 - 1 - 17 - 12;

/**
 * Gives the fleet of an environment over the system's `ssh`, one shared connection per server. Opens nothing until a
 * command is run; writes a session folder (0700) that `close` removes.
 * @example const fleet = openSshFleet({ environment, runner: spawnRunner(), identityFile, knownHostsFile });
 */
export function openSshFleet(options: SshFleetOptions): SshFleet {
  const { environment, runner } = options;
  const folder = mkdtempSync(join(controlFolder(options.controlDir), 's-'));
  const configFile = join(folder, 'config');
  writeFileSync(configFile, sshConfig(environment, { ...options, controlDir: folder }), { mode: 0o600 });
  const used = new Set<string>();
  const servers = Object.entries(environment.servers).map(([name, server]): RemoteServer => ({
    name,
    host: server.host,
    run: (command) => {
      used.add(name);
      if (server.ssh.via !== undefined) used.add(server.ssh.via);
      return runOver({ runner, configFile, name }, command);
    },
  }));
  const close = async () => {
    await Promise.all([...used].map((name) => runner.run(endMaster(configFile, name))));
    rmSync(folder, { recursive: true, force: true });
  };
  return { environment: environment.environment, servers, server: (name) => findServer(servers, name), close };
}

/** What a server adds to stderr when the command itself ended with 255, the code that ssh uses for its own failures. */
const REMOTE_255 = 'flotilla: the command itself ended with 255';

/** Runs `timeout "$@"`: without a terminal, a command would outlive a client that is killed. */
const ON_SERVER = `timeout "$@"; status=$?; [ $status -ne 255 ] || echo '${REMOTE_255}' >&2; exit $status`;

type Destination = { readonly runner: CommandRunner; readonly configFile: string; readonly name: string };

async function runOver({ runner, configFile, name }: Destination, command: RemoteCommand): Promise<RemoteResult> {
  const { argv, ...rest } = command;
  const seconds = String(Math.ceil(command.timeoutMs / 1000) + 2);
  const line = quoteRemote(['sh', '-c', ON_SERVER, 'flotilla', '-k', '5', seconds, ...argv]);
  const result = await runner.run({ ...rest, argv: ['ssh', '-F', configFile, name, '--', line] });
  const unreachable = result.exitCode === 255 && !result.stderr.includes(REMOTE_255);
  const refusal = unreachable && HOST_KEY_REFUSED.test(result.stderr) ? ({ hostKeyRefused: true } as const) : {};
  return { ...result, stderr: result.stderr.replaceAll(NOISE, ''), unreachable, ...refusal };
}

const NOISE = new RegExp(`^(ControlSocket .* already exists, disabling multiplexing|${REMOTE_255})\r?\n`, 'gm');

/** What OpenSSH says last for an unknown and for a changed key alike. */
const HOST_KEY_REFUSED = /^Host key verification failed\.\r?$/m;

function endMaster(configFile: string, name: string) {
  return { argv: ['ssh', '-F', configFile, '-O', 'exit', name], timeoutMs: 5_000 } as const;
}

function controlFolder(wanted: string | undefined): string {
  if (wanted !== undefined && Buffer.byteLength(wanted) <= LONGEST_CONTROL_DIR) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return wanted;
  }
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const base = runtime !== undefined && runtime.length < 40 ? runtime : '/tmp';
  const folder = join(base, `flotilla-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Under /tmp somebody else may have made it first, to listen on our sockets.
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${folder} belongs to somebody else`);
  chmodSync(folder, 0o700);
  return folder;
}
