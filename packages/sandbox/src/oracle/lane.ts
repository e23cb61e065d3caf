import type { Clock } from '@flotilla/exec';

import type { OracleEvent } from './log.ts';
import type { Session } from './session.ts';

/** One writer, which sends the next row when the one before was answered. */
export type LaneOptions = {
  readonly lane: string;
  /** Opens the next session; what it rejects with is logged. */
  readonly open: () => Promise<Session>;
  readonly run: string;
  /** Time from one row to the next, at least. */
  readonly intervalMs: number;
  /** Pause after a session that failed or could not be opened. */
  readonly retryMs: number;
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
  const { lane, open, retryMs, log, now, clock, signal } = options;
  let connected = true;
  while (!signal.aborted) {
    const session = await open().catch((error: unknown) => reasonOf(error));
    if (typeof session === 'string') {
      // Once per outage: a line for every attempt would bury the rest.
      if (connected) log({ kind: 'disconnected', lane, at: now(), reason: session });
      connected = false;
      await clock.sleep(retryMs, signal);
      continue;
    }
    connected = true;
    log({ kind: 'connected', lane, at: now() });
    const reason = await writeRows(options, session);
    session.destroy();
    if (reason === undefined) return;
    log({ kind: 'disconnected', lane, at: now(), reason });
    connected = false;
    await clock.sleep(retryMs, signal);
  }
}

/** Gives why the session ended; `undefined` when it was told to. */
async function writeRows(options: LaneOptions, session: Session): Promise<string | undefined> {
  const { lane, run, intervalMs, nextSeq, log, now, clock, signal } = options;
  while (!signal.aborted) {
    const seq = nextSeq();
    const sentAt = now();
    const writing = session.write({ run, seq, lane }).catch((error: unknown) => reasonOf(error));
    const answer = await Promise.race([writing, session.broken]);
    const at = now();
    if (typeof answer === 'string') {
      log({ kind: 'unacknowledged', seq, lane, sentAt, at, reason: answer });
      return answer;
    }
    const { node, timeline, warning } = answer;
    if (warning === undefined) log({ kind: 'ack', seq, lane, sentAt, at, node, timeline });
    else log({ kind: 'unacknowledged', seq, lane, sentAt, at, reason: warning });
    await clock.sleep(Math.max(0, intervalMs - (now() - sentAt)), signal);
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return `${code}${error.message}`;
}
