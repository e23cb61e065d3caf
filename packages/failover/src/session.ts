import type { Clock, CommandRunner, RemoteFleet, RemoteResult, SecretStore } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { Power } from '@flotilla/model';

import { observeService } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { assess } from './policy/assess.ts';
import type { Assessment } from './policy/assess.ts';
import { checkIdentities } from './policy/identity.ts';
import type { Refusal } from './policy/refusal.ts';
import type { ServiceView } from './policy/view.ts';
import type { DataTierRecord, FailoverEvent, FailoverReport, FailoverStep } from './report.ts';
import { stoppable } from './stoppable.ts';

/** Everything that a command of the data tier works with. */
export type FailoverTools = {
  readonly fleet: RemoteFleet;
  readonly target: GuardedTarget;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Power driver of each member that declares one. */
  readonly power: Readonly<Record<string, Power>>;
  /** Passwords of power drivers; absent where none needs one. */
  readonly secrets?: SecretStore;
  /** Person or job, for the lock and the record. */
  readonly holder: string;
  /** Why the command is run, in words, for the record. */
  readonly why?: string;
  readonly onEvent: (event: FailoverEvent) => void;
  /** Stops the command as soon as it aborts, with FAILOVER_INTERRUPTED. Absent: it runs to its end. */
  readonly signal?: AbortSignal;
  /** Receives what is also kept on the servers, when the command is done or failed. */
  readonly onRecord?: (record: DataTierRecord) => void;
};

/** One run of a command: its stopwatch and what it has said so far. */
export type Session = FailoverTools & {
  readonly startedMs: number;
  readonly events: FailoverEvent[];
  /** For what is still done after the command was asked to stop: locks, records, and what must not end half-way. */
  readonly lasting: { readonly fleet: RemoteFleet; readonly clock: Clock };
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
  const { fleet, clock, signal } = tools;
  const lasting = { fleet, clock };
  if (signal === undefined) return { ...tools, startedMs, events, lasting, say };
  const stopping = 'asked to stop; a second signal ends this at once, without a word on how the service stands';
  signal.addEventListener('abort', () => say('abort', stopping), { once: true });
  return { ...tools, ...stoppable(tools, signal), startedMs, events, lasting, say };
}

/** A service as seen at one moment, and what that means. */
export type Sight = { readonly view: ServiceView; readonly assessment: Assessment };

/** Looks at the service from every server. Throws FAILOVER_WRONG_SERVER when a machine is not the one that it should be. */
export async function look(session: Session): Promise<Sight> {
  const view = await observeService(session.fleet, session.target, session.clock);
  const stranger = checkIdentities(view);
  if (stranger !== undefined) throw refused(stranger);
  return { view, assessment: assess(view) };
}

/**
 * Looks before anything is done. Throws FAILOVER_NO_SERVER when nobody answers: then it is this machine that is cut off, or all of them are.
 */
export async function lookAtFirst(session: Session): Promise<Sight> {
  const sight = await look(session);
  const { environment, servers } = sight.view;
  if (servers.some(({ reachable }) => reachable)) return sight;
  const said = servers.map(({ server, detail }) => `${server}: ${detail ?? 'no answer'}`);
  throw new FlotillaError('FAILOVER_NO_SERVER', { environment, detail: said.join('; ') });
}

/** Looks at these servers alone, for steps that wait for one of them. */
export async function lookAt(session: Session, names: readonly string[]): Promise<ServiceView> {
  const servers = session.fleet.servers.filter(({ name }) => names.includes(name));
  return observeService({ ...session.fleet, servers }, session.target, session.clock);
}

/** Gives the session in which servers that did not answer are not asked again: no step waits for the dead. */
export function passOverSilent(session: Session, view: ServiceView): Session {
  const silent = new Set(view.servers.filter(({ reachable }) => !reachable).map(({ server }) => server));
  const { lasting } = session;
  return {
    ...session,
    fleet: without(session.fleet, silent),
    lasting: { ...lasting, fleet: without(lasting.fleet, silent) },
  };
}

function without(fleet: RemoteFleet, silent: ReadonlySet<string>): RemoteFleet {
  const servers = fleet.servers.map((server) =>
    silent.has(server.name) ? { ...server, run: () => Promise.resolve(PASSED_OVER) } : server,
  );
  const server = (name: string) => servers.find((each) => each.name === name) ?? fleet.server(name);
  return { ...fleet, servers, server };
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

/** Gives the error of a member or a voter that did not return. */
export function notReturned({ target }: Session, server: string, detail: string): FlotillaError {
  return new FlotillaError('FAILOVER_REJOIN_FAILED', { service: target.service, server, detail });
}

/** Who handed over to whom, and when the old primary was proved to be out and the new one open, in milliseconds since the epoch. */
type Timed = {
  readonly from: string;
  readonly to: string;
  readonly term: number | undefined;
  readonly provedMs: number;
  readonly openMs: number;
};

/** Gives what every report of a change of primary says, once the new one is open. */
export function timedReport(
  session: Session,
  { from, to, term, provedMs, openMs }: Timed,
): Omit<FailoverReport, 'kind' | 'probe'> {
  const { environment, service } = session.target;
  return {
    environment,
    service,
    from,
    to,
    ...(term === undefined ? {} : { term }),
    startedAt: new Date(session.startedMs).toISOString(),
    toProofMs: provedMs - session.startedMs,
    proofToOpenMs: openMs - provedMs,
    events: session.events,
  };
}
