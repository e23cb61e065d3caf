import type { CommandResult } from './command.ts';

/** What is run on a server: an argument list, quoted for the far shell in one place. */
export type RemoteCommand = {
  readonly argv: readonly [string, ...string[]];
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** A server that commands can be run on. Never throws for a command that fails. */
export type RemoteServer = {
  /** Name in the environment. */
  readonly name: string;
  readonly host: string;
  /** Runs one command over SSH. Exit code 255 with `unreachable` set means that no connection came about. */
  run(command: RemoteCommand): Promise<RemoteResult>;
};

export type RemoteResult = CommandResult & {
  /** True when SSH itself failed, so that nothing is known of the command. */
  readonly unreachable: boolean;
  /** Present when SSH refused the server, because its host key is not the pinned one or none is pinned: `unreachable` by choice. */
  readonly hostKeyRefused?: true;
};

/** The servers of one environment by name. */
export type RemoteFleet = {
  readonly environment: string;
  server(name: string): RemoteServer;
  readonly servers: readonly RemoteServer[];
};
