import { createInterface } from 'node:readline/promises';

import { FlotillaError } from '@flotilla/model';

/** Throws FAILOVER_NOT_CONFIRMED when the call can never be confirmed: another name was passed, or nobody is there to type it. */
export function checkConfirmable(service: string, yes: string | undefined): void {
  if (yes === service || (yes === undefined && process.stdin.isTTY)) return;
  throw new FlotillaError('FAILOVER_NOT_CONFIRMED', { service });
}

type Confirmation = {
  readonly service: string;
  /** What was passed as `--yes`. */
  readonly yes: string | undefined;
  readonly question: string;
  /** Ends the question unanswered. */
  readonly signal: AbortSignal;
};

/**
 * Returns when the person has typed the service's name, or passed it as `--yes`. Asks only at a terminal. Throws
 * FAILOVER_NOT_CONFIRMED, also when a signal or Ctrl-C ends the question; nothing was changed then.
 */
export async function confirmService({ service, yes, question, signal }: Confirmation): Promise<void> {
  checkConfirmable(service, yes);
  if (yes === service) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType ${service} to go ahead: `, { signal });
    if (answer.trim() !== service) throw new FlotillaError('FAILOVER_NOT_CONFIRMED', { service });
  } catch (error) {
    const isEnded = error instanceof Error && error.name === 'AbortError';
    throw isEnded ? new FlotillaError('FAILOVER_NOT_CONFIRMED', { service }) : error;
  } finally {
    terminal.close();
  }
}
