import type { Clock } from '@flotilla/exec';

import type { OracleEvent } from './log.ts';
import { WRITE_ROW } from './table.ts';
import type { OracleTarget, Patience, Session } from './target.ts';
import { openSession } from './target.ts';

/** Pause after a failed attempt to connect, so that a gap is measured to about this many milliseconds. */
const RETRY_MS = 20;

/** One writer, which sends the next row when the one before was answered. */
export type LaneOptions = {
  readonly lane: string;
  readonly target: OracleTarget;
  readonly patience: Patience;
  readonly run: string;
  /** Time from one row to the next, at least. */
  readonly intervalMs: number;
  /** Gives the number of the next row, from one series for all lanes. */
  readonly nextSeq: () => number;
  readonly log: (event: OracleEvent) => void;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Writes until the signal aborts; reconnects as often as it takes. */
export async function runLane(options: LaneOptions): Promise<void> {
  const { lane, target, patience, log, now, clock, signal } = options;
  let connected = true;
  while (!signal.aborted) {
    const session = await openSession(target, patience).catch((error: unknown) => reasonOf(error));
    if (typeof session === 'string') {
      // Once per outage: a line for every attempt would bury the rest.
      if (connected) log({ kind: 'disconnected', lane, at: now(), reason: session });
      connected = false;
      await clock.sleep(RETRY_MS, signal);
      continue;
    }
    connected = true;
    log({ kind: 'connected', lane, at: now() });
    const reason = await writeRows(options, session);
    session.destroy();
    if (reason === undefined) return;
    log({ kind: 'disconnected', lane, at: now(), reason });
    connected = false;
    await clock.sleep(RETRY_MS, signal);
  }
}

/** Gives why the session ended; `undefined` when it was told to. */
async function writeRows(options: LaneOptions, session: Session): Promise<string | undefined> {
  const { lane, run, intervalMs, nextSeq, log, now, clock, signal } = options;
  const warnings: string[] = [];
  session.client.on('notice', (notice) => warnings.push(notice.message ?? 'warned'));
  while (!signal.aborted) {
    const seq = nextSeq();
    const sentAt = now();
    warnings.length = 0;
    const answer = await Promise.race([write(session, [run, seq, lane]), session.broken]);
    const at = now();
    // A commit whose wait for the replica was given up is answered like any other, after this warning.
    const reason = typeof answer === 'string' ? answer : warnings[0];
    if (typeof answer === 'string' || reason !== undefined) {
      log({ kind: 'unacknowledged', seq, lane, sentAt, at, reason: reason ?? 'no answer' });
    } else log({ kind: 'ack', seq, lane, sentAt, at, ...answer });
    if (typeof answer === 'string') return answer;
    await clock.sleep(Math.max(0, intervalMs - (now() - sentAt)), signal);
  }
  return undefined;
}

type Answer = { readonly node: string; readonly timeline: number };

async function write({ client }: Session, values: readonly unknown[]): Promise<Answer | string> {
  try {
    const { rows } = await client.query<Answer>(WRITE_ROW, [...values]);
    const [answer] = rows;
    return answer ?? 'an answer without a row';
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return `${code}${error.message}`;
}
