import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** How long after a failover the next one needs a second thought, in milliseconds. */
export const QUIET_PERIOD_MS = 10 * 60_000;

/** The last failover of a service that was carried out, by the clock of the server that remembers it. */
export type LastFailover = { readonly agoMs: number; readonly from: string; readonly to: string };

/** Refuses a failover within the quiet period of the last one: a second in a row is rarely the same fault, and may chase it. */
export function checkQuiet(service: string, last: LastFailover | undefined): Refusal | undefined {
  if (last === undefined || last.agoMs >= QUIET_PERIOD_MS) return undefined;
  return refuse('FAILOVER_QUIET_PERIOD', {
    service,
    agoSeconds: Math.round(last.agoMs / 1_000),
    quietSeconds: Math.ceil((QUIET_PERIOD_MS - last.agoMs) / 1_000),
    last: `${last.from} to ${last.to}`,
  });
}
