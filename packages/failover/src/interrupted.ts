import { FlotillaError } from '@flotilla/model';

import { observeService } from './observe.ts';
import { assess } from './policy/assess.ts';
import type { Assessment } from './policy/assess.ts';
import { openSession } from './session.ts';
import type { FailoverTools, Session } from './session.ts';
import { Interruption } from './stoppable.ts';

type CommandName = 'switchover' | 'failover' | 'rejoin';

/** Opens the session of a command and runs it. A signal before it began anything ends it with FAILOVER_INTERRUPTED. */
export async function inSession<T>(
  tools: FailoverTools,
  command: CommandName,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = openSession(tools);
  try {
    return await work(session);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    const isPowered = session.events.some(({ step }) => step === 'power');
    throw interruptedError(session, command, isPowered ? 'its power was switched on' : 'nothing was changed');
  }
}

/** Gives the error of a command that was stopped after it began something: it says how the service stands now. */
export async function interrupted(session: Session, command: CommandName): Promise<FlotillaError> {
  const { lasting, target, events } = session;
  const view = await observeService(lasting.fleet, target, lasting.clock);
  const last = events.findLast(({ step }) => step !== 'abort');
  const done = last === undefined ? '' : `its last step was ${last.step}: ${last.detail}; `;
  const isSeen = view.servers.some(({ guard }) => guard !== undefined);
  const now = isSeen ? standing(assess(view)) : 'nobody knows how it stands now, for no guard answers';
  return interruptedError(session, command, `${done}${now}; what a server was told before may still be carried out`);
}

function standing({ primary, term, members }: Assessment): string {
  const states = members.map(({ server, role }) => `${server} ${role}`).join(', ');
  const open = primary === undefined ? 'nobody is open' : `${primary} is primary`;
  const reign = term === undefined ? '' : `, term ${term.term} is ${term.phase} for ${term.holder}`;
  return `now ${open}${reign} (${states})`;
}

function interruptedError({ target }: Session, command: CommandName, state: string): FlotillaError {
  const { environment, service } = target;
  return new FlotillaError('FAILOVER_INTERRUPTED', { command, service, environment, state });
}
