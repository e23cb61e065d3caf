import type { Clock, CommandRunner, RemoteFleet, RemoteServer } from '@flotilla/exec';

/** What a command throws on its way once a signal asked it to stop. Who runs the command turns it into an error for people. */
export class Interruption extends Error {}

type Outside = { readonly fleet: RemoteFleet; readonly runner: CommandRunner; readonly clock: Clock };

/**
 * Gives the same ways to the outside, which end as soon as the signal aborts: what runs is killed on this machine, and whoever runs anything
 * or sleeps gets an `Interruption`. What a server was told before may still be carried out there.
 */
export function stoppable({ fleet, runner, clock }: Outside, signal: AbortSignal): Outside {
  const servers = fleet.servers.map((server) => stoppableServer(server, signal));
  const server = (name: string) => servers.find((each) => each.name === name) ?? fleet.server(name);
  return {
    fleet: { ...fleet, servers, server },
    runner: { run: (command) => unlessStopped(signal, (both) => runner.run({ ...command, signal: both }), command) },
    clock: {
      now: () => clock.now(),
      sleep: (durationMs, own) => sleepUnlessStopped(clock, { durationMs, signal, own }),
    },
  };
}

function stoppableServer(server: RemoteServer, signal: AbortSignal): RemoteServer {
  return {
    ...server,
    run: (command) => unlessStopped(signal, (both) => server.run({ ...command, signal: both }), command),
  };
}

async function unlessStopped<R>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<R>,
  { signal: own }: { readonly signal?: AbortSignal },
): Promise<R> {
  if (signal.aborted) throw new Interruption();
  const result = await run(either(signal, own));
  // The answer of a program that was killed says nothing.
  if (signal.aborted) throw new Interruption();
  return result;
}

type Sleep = { readonly durationMs: number; readonly signal: AbortSignal; readonly own: AbortSignal | undefined };

/** A sleep that only ended early would let a loop that asks nobody spin. */
async function sleepUnlessStopped(clock: Clock, { durationMs, signal, own }: Sleep): Promise<void> {
  await clock.sleep(durationMs, either(signal, own));
  if (signal.aborted && own?.aborted !== true) throw new Interruption();
}

function either(signal: AbortSignal, own: AbortSignal | undefined): AbortSignal {
  return own === undefined ? signal : AbortSignal.any([signal, own]);
}
