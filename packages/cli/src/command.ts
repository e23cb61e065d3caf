import type { ParseArgsOptionsConfig, parseArgs } from 'node:util';

import type { Clock, CommandRunner } from '@flotilla/exec';

import type { ExitCode } from './exit-codes.ts';

/** What a command may touch of the outside. `main.ts` makes the real one; a test makes its own. */
export type Context = {
  /** Absolute folder of the repository that holds `environments/`. */
  readonly root: string;
  /** Absolute folder that relative paths of the call start from. */
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** True when the caller asked for one JSON object on stdout and nothing else. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** True when the call works on a sandbox, so that its hints must too. */
  readonly sandbox: boolean;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Aborts when a person or a runner asks the process to stop. */
  readonly signal: AbortSignal;
  /** Data: goes to stdout as it is. */
  write(text: string): void;
  /** Talk: one line on stderr. */
  say(line: string): void;
};

type Options = ParseArgsOptionsConfig;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** The parsed call: positionals by name, what followed them, and the options. */
export type Args<P extends string = string, O extends Options = Options> = {
  readonly given: Readonly<Record<P, string>>;
  readonly rest: readonly string[];
  readonly values: Values<O>;
};

type Definition<P extends string, O extends Options> = {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  /** The call, then what each option means, then what `--json` prints. */
  readonly usage: string;
  /** Names of the required positionals, in order. */
  readonly positionals: readonly P[];
  /** True when more positionals may follow; they arrive in `rest`. */
  readonly takesRest?: boolean;
  readonly options: O;
  /** Does the work. Throws `FlotillaError` for what failed and `InvalidInput` for a wrong environment. */
  run(context: Context, args: Args<P, O>): Promise<ExitCode>;
};

/** A command as the framework calls it: one file in `commands/`, named in `registry.ts`. */
export type Command = Definition<string, Options>;

/** Gives the command with the types of its positionals and options checked against its `run`. */
export function defineCommand<const P extends string, const O extends Options>(definition: Definition<P, O>): Command {
  // Sound because the framework parses the call by this very definition before it calls `run`.
  return definition;
}
