import { parseArgs } from 'node:util';

import { FlotillaError } from '@flotilla/model';

import type { Args, Command, Context } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { loadCommand } from './registry.ts';
import { reportError } from './reporters/error.ts';

/** What `run` needs to make a command's context: everything but what the call itself decides. */
export type Surroundings = Omit<Context, 'json' | 'verbose' | 'sandbox'>;

const globalOptions = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
} as const;

/** Runs one call and gives its exit code. Never throws: an error becomes text on stderr, or one object on stdout with `--json`. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const options = argv.slice(0, endOfOptions(argv));
  const context: Context = {
    ...surroundings,
    json: options.includes('--json'),
    sandbox: options.includes('--sandbox'),
    verbose: options.includes('--verbose') || options.includes('-v'),
  };
  try {
    return await dispatch(argv, context);
  } catch (error) {
    return reportError(error, context);
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<ExitCode> {
  const [first, ...rest] = argv;
  const isHelp = first === undefined || first === '--help' || first === '-h';
  const name = isHelp ? 'help' : first;
  const command = await loadCommand(name);
  const wantsHelp = rest.slice(0, endOfOptions(rest)).some((word) => word === '--help' || word === '-h');
  if (wantsHelp && !isHelp) {
    context.write(`${command.usage}\n`);
    return 0;
  }
  return command.run(context, parseCall(command, rest));
}

function parseCall(command: Command, words: readonly string[]): Args {
  const { values, positionals } = parseWords(command, words);
  const { positionals: names } = command;
  const missing = names[positionals.length];
  if (missing !== undefined) throw usage(command, `<${missing}> is missing`);
  const rest = positionals.slice(names.length);
  if (rest.length > 0 && command.takesRest !== true) throw usage(command, `unexpected "${rest[0] ?? ''}"`);
  return { given: Object.fromEntries(names.map((name, index) => [name, positionals[index] ?? ''])), rest, values };
}

function parseWords(command: Command, words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { ...globalOptions, ...command.options },
      allowPositionals: true,
    });
  } catch (error) {
    // parseArgs tells of a wrong call only by throwing a TypeError with a code of this prefix.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      throw usage(command, error.message.split('. ')[0] ?? error.message);
    }
    throw error;
  }
}

function usage(command: Command, detail: string): FlotillaError<'CLI_USAGE'> {
  return new FlotillaError('CLI_USAGE', { detail: `${command.name}: ${detail}`, command: `${command.name} --help` });
}

function endOfOptions(words: readonly string[]): number {
  const index = words.indexOf('--');
  return index === -1 ? words.length : index;
}
