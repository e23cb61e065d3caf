/** A local process to run. `argv` is a list until the last moment; nothing here passes through a shell. */
export type Command = {
  readonly argv: readonly [string, ...string[]];
  readonly stdin?: string | Uint8Array;
  /** Deadline; the process group is killed past it. */
  readonly timeoutMs: number;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
};

/** How a process ended. The same fields whether it succeeded or not. */
export type CommandResult = {
  /** -1 when it was killed or could not start. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
};

/** The one door to other programs. Never throws for a program that fails. */
export type CommandRunner = {
  run(command: Command): Promise<CommandResult>;
};
