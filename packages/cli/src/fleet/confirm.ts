import { createInterface } from 'node:readline/promises';

import { FlotillaError } from '@flotilla/model';

/**
 * Returns when the person has typed the service's name, or passed it as `--yes`. Asks only at a terminal. Throws
 * FAILOVER_NOT_CONFIRMED; nothing was changed then.
 */
export async function confirmService(service: string, yes: string | undefined, question: string): Promise<void> {
  if (yes === service) return;
  if (yes !== undefined || !process.stdin.isTTY) throw new FlotillaError('FAILOVER_NOT_CONFIRMED', { service });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType ${service} to go ahead: `);
    if (answer.trim() !== service) throw new FlotillaError('FAILOVER_NOT_CONFIRMED', { service });
  } finally {
    terminal.close();
  }
}
