import { downSandbox } from '@flotilla/sandbox';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { sandboxFolder, sandboxTalk } from '../fleet/sandbox-folder.ts';
import { openDeclaredFleet } from '../open-fleet.ts';

/** Removes every trace of a sandbox. */
export const down = defineCommand({
  name: 'down',
  summary: 'removes every trace of a sandbox',
  usage: `flotilla down <env>
  Containers, their volumes, networks and the state folder. Images stay, so that the next up is quick.
  --json   { ok, environment }`,
  positionals: ['env'],
  options: {},
  run: async (context, { given }) => {
    const { environment } = openDeclaredFleet({ env: given.env, sandbox: false }, context);
    const { runner, clock } = context;
    const name = environment.environment;
    const stateFolder = sandboxFolder(name, context);
    await downSandbox({ environment: name, stateFolder, runner, clock, events: sandboxTalk(context) });
    if (context.json) context.write(`${JSON.stringify({ ok: true, environment: name })}\n`);
    return exitCodes.done;
  },
});
