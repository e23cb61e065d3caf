import type { Clock, CommandRunner, RemoteFleet, RemoteResult } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { Power } from '@flotilla/model';

import { observeService } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { assess } from './policy/assess.ts';
import type { Assessment } from './policy/assess.ts';
import type { Refusal } from './policy/refusal.ts';
import type { ServiceView } from './policy/view.ts';
import type { FailoverEvent, FailoverReport, FailoverStep } from './report.ts';

/** Everything that a command of the data tier works with. */
export type FailoverTools = {
  readonly fleet: RemoteFleet;
  readonly target: GuardedTarget;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Power driver of each member that declares one. */
  readonly power: Readonly<Record<string, Power>>;
  /** Person or job, for the lock. */
  readonly holder: string;
  readonly onEvent: (event: FailoverEvent) => void;
};

/** One run of a command: its stopwatch and what it has said so far. */
export type Session = FailoverTools & {
  readonly startedMs: number;
  readonly events: FailoverEvent[];
  say(step: FailoverStep, detail: string): void;
};

/** Starts the stopwatch of a command. */
export function openSession(tools: FailoverTools): Session {
  const startedMs = tools.clock.now();
  const events: FailoverEvent[] = [];
  const say = (step: FailoverStep, detail: string) => {
    const event = { step, detail, atMs: tools.clock.now() - startedMs };
    events.push(event);
    tools.onEvent(event);
  };
  return { ...tools, startedMs, events, say };
}

/** A service as seen at one moment, and what that means. */
export type Sight = { readonly view: ServiceView; readonly assessment: Assessment };

/** Looks at the service from every server. */
export async function look(session: Session): Promise<Sight> {
  const view = await observeService(session.fleet, session.target, session.clock);
  return { view, assessment: assess(view) };
}

/** Gives the session in which servers that did not answer are not asked again: no step waits for the dead. */
export function passOverSilent(session: Session, view: ServiceView): Session {
  const silent = new Set(view.servers.filter(({ reachable }) => !reachable).map(({ server }) => server));
  const servers = session.fleet.servers.map((server) =>
    silent.has(server.name) ? { ...server, run: () => Promise.resolve(PASSED_OVER) } : server,
  );
  const server = (name: string) => servers.find((each) => each.name === name) ?? session.fleet.server(name);
  return { ...session, fleet: { ...session.fleet, servers, server } };
}

const PASSED_OVER: RemoteResult = {
  exitCode: 255,
  stdout: '',
  stderr: 'the server did not answer before',
  durationMs: 0,
  timedOut: false,
  unreachable: true,
};

/** Turns a refusal into the error that the person reads. */
export function refused(refusal: Refusal): FlotillaError {
  return new FlotillaError(refusal.code, refusal.facts);
}

/** Who handed over to whom, and when the old primary was proved to be out, in milliseconds since the epoch. */
type Change = { readonly from: string; readonly to: string; readonly term: number; readonly provedMs: number };

/** Gives what every report of a change of primary says, once the new one is open. */
export function timedReport(session: Session, { from, to, term, provedMs }: Change): Omit<FailoverReport, 'kind'> {
  const { environment, service } = session.target;
  return {
    environment,
    service,
    from,
    to,
    term,
    startedAt: new Date(session.startedMs).toISOString(),
    toProofMs: provedMs - session.startedMs,
    proofToOpenMs: session.clock.now() - provedMs,
    events: session.events,
  };
}
