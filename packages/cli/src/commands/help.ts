import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

const usage = `flotilla help [command]
  Lists the commands, or explains one.

Every command takes
  --json      one documented object on stdout, and nothing else there
  --verbose   stack traces of failures
  --help      how to call it

Exit codes
  0 done   1 failed   2 invalid input   3 there are changes (with --exit-code)   4 unhealthy
  5 partly done: a server was offline   70 a bug of flotilla`;

/** Gives the command that lists these commands, or explains one. `load` gives a command by its name. */
export function helpOf(names: readonly string[], load: (name: string) => Promise<Command>): Command {
  return defineCommand({
    name: 'help',
    summary: 'lists the commands, or explains one',
    usage,
    positionals: [],
    takesRest: true,
    options: {},
    run: async (context, { rest }) => {
      const [asked] = rest;
      if (asked !== undefined) {
        context.write(`${(await load(asked)).usage}\n`);
        return exitCodes.done;
      }
      const commands = await Promise.all(names.map(load));
      const listed = commands.map(({ name, summary }) => ({ name, summary }));
      if (context.json) context.write(`${JSON.stringify({ ok: true, commands: listed })}\n`);
      else context.write(overview(listed));
      return exitCodes.done;
    },
  });
}

function overview(commands: readonly { readonly name: string; readonly summary: string }[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `flotilla <command> …\n\n${lines.join('\n')}\n\n${usage.slice(usage.indexOf('Every command'))}\n`;
}
