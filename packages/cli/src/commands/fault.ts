import { FlotillaError } from '@flotilla/model';
import { causeFault, formatFault, parseFault } from '@flotilla/sandbox';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { openDeclaredFleet } from '../open-fleet.ts';

/** Breaks a sandbox, or mends it. */
export const fault = defineCommand({
  name: 'fault',
  summary: 'breaks a sandbox, or mends it',
  usage: `flotilla fault <env> <fault>
  kill|stop|boot|pause|unpause|disconnect|reconnect SERVER     the whole server
  pause|unpause|boot SERVICE@SERVER                            one service's container
  kill9 SERVICE@SERVER [no-restart]                            a crash of all its processes
  crash SERVICE@SERVER                                         a crash of the engine alone, under its supervisor
  stop|wipe SERVICE@SERVER                                     stopped for good; its data removed
  corrupt SERVICE@SERVER [PATH]                                bytes of a data file flipped
  limit SERVICE@SERVER MIB | fill|free|unlimit SERVICE@SERVER  a small disk, full or not
  cut A B | cut "A->B" | lossy A B PERCENT                     between two servers, both ways or one
  cut-controller SERVER                                        only we do not reach it
  mend SERVER                                                  power, cable, freezes and cuts undone
  reboot                                                       every server at once
  Only ever touches the sandbox of the environment.
  Examples: flotilla fault waybill kill db1
            flotilla fault waybill kill9 database@db1 no-restart
            flotilla fault waybill cut "db1->db2"
  --json   { ok, environment, fault }`,
  positionals: ['env'],
  takesRest: true,
  options: {},
  run: async (context, { given, rest }) => {
    const { environment } = openDeclaredFleet({ env: given.env, sandbox: false }, context);
    const parsed = parseFault(rest);
    if (parsed.kind === 'mistake') {
      throw new FlotillaError('CLI_USAGE', { detail: `${parsed.message}; ${parsed.hint}`, command: 'fault --help' });
    }
    const { runner, clock } = context;
    await causeFault({ environment: environment.environment, runner, clock }, parsed);
    const done = formatFault(parsed);
    if (context.json) context.write(`${JSON.stringify({ ok: true, environment: given.env, fault: done })}\n`);
    else context.say(`done: ${done}`);
    return exitCodes.done;
  },
});
