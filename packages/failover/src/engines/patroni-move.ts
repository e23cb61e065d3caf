import { readFileSync } from 'node:fs';

import { printable } from '@flotilla/exec';

/** Exit code of the script when the old primary is primary still, or again. */
export const UNCHANGED = 3;
/** Exit code when the old primary is out and the new one does not take writes. */
export const HALF_DONE = 4;

/** What the script printed. Positions in bytes, as decimal text. */
export type Move = {
  readonly end?: string;
  readonly received?: string;
  readonly sinceProofMs?: number;
  readonly reason?: string;
};

/** Gives the text of the script that moves the leader's lock; it runs in a member's container, which has Patroni's own Python. */
export function leaderScript(): string {
  return readFileSync(new URL('./patroni-leader.py', import.meta.url), 'utf8');
}

/** Gives what the script printed as its last line; empty when that is no JSON object. */
export function parseMove(stdout: string): Move {
  const told = parseObject(stdout.trim().split('\n').at(-1) ?? '');
  const { end, received, sinceProofMs, reason } = told;
  return {
    ...(typeof end === 'number' ? { end: String(end) } : {}),
    ...(typeof received === 'number' ? { received: String(received) } : {}),
    ...(typeof sinceProofMs === 'number' ? { sinceProofMs } : {}),
    ...(typeof reason === 'string' ? { reason: printable(reason) } : {}),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // Every property is checked by who reads it.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
