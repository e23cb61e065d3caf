import type { Command, CommandResult, CommandRunner } from './command.ts';
import type { RemoteCommand, RemoteFleet, RemoteResult, RemoteServer } from './remote.ts';

/** What a scripted program answers; success without output where a field is absent. */
export type Reply = Partial<CommandResult>;

/** A runner that starts nothing, answers as scripted, and remembers what it was asked. */
export type RecordingRunner = CommandRunner & { readonly commands: readonly Command[] };

/**
 * Gives a runner for tests. `script` answers each command; `undefined` means a program that does not exist.
 * @example const runner = recordingRunner(({ argv }) => (argv[0] === 'git' ? { stdout: 'main\n' } : undefined));
 */
export function recordingRunner(
  script: (command: Command) => Reply | undefined | Promise<Reply | undefined>,
): RecordingRunner {
  const commands: Command[] = [];
  return {
    commands,
    run: async (command) => {
      commands.push(command);
      return complete((await script(command)) ?? missing(command.argv[0]));
    },
  };
}

/** One command as a server of a recording fleet received it. */
export type RecordedCommand = { readonly server: string; readonly command: RemoteCommand };

/** A fleet that starts nothing, answers as scripted, and remembers what it was asked, in order over all servers. */
export type RecordingFleet = RemoteFleet & { readonly commands: readonly RecordedCommand[] };

/** What a scripted server answers. `unreachable`: SSH does not reach it; `impostor`: SSH refused its host key. */
export type RemoteReply = Reply | 'unreachable' | 'impostor';

/** Who is in a recording fleet and how its servers answer. */
export type RecordingFleetOptions = {
  readonly environment: string;
  /** Server name to address. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly script: (server: string, command: RemoteCommand) => RemoteReply | Promise<RemoteReply>;
};

/** Gives a fleet for tests. Throws for the name of a server that it does not have. */
export function recordingFleet({ environment, hosts, script }: RecordingFleetOptions): RecordingFleet {
  const commands: RecordedCommand[] = [];
  const servers = Object.entries(hosts).map(([name, host]): RemoteServer => ({
    name,
    host,
    run: async (command) => {
      commands.push({ server: name, command });
      return remote(await script(name, command));
    },
  }));
  return { environment, servers, commands, server: (name) => findServer(servers, name) };
}

/** Gives the server of that name. Throws when there is none: names come from a validated environment. */
export function findServer(servers: readonly RemoteServer[], name: string): RemoteServer {
  const found = servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`no server ${name} in this fleet`);
  return found;
}

function remote(reply: RemoteReply): RemoteResult {
  if (reply === 'impostor') {
    const refusal = complete({ exitCode: 255, stderr: 'Host key verification failed.' });
    return { ...refusal, unreachable: true, hostKeyRefused: true };
  }
  if (reply !== 'unreachable') return { ...complete(reply), unreachable: false };
  return { ...complete({ exitCode: 255, stderr: 'ssh: connect to host: Connection refused' }), unreachable: true };
}

function missing(program: string): Reply {
  return { exitCode: -1, stderr: `spawn ${program} ENOENT` };
}

function complete(reply: Reply): CommandResult {
  return { exitCode: 0, stdout: '', stderr: '', durationMs: 0, timedOut: false, ...reply };
}
