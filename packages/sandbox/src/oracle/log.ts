/** What the oracle saw, one JSON object per line. Times are whole milliseconds since the epoch that never run backwards within a log. */
export type OracleEvent =
  | { readonly kind: 'begin'; readonly run: string; readonly at: number }
  | { readonly kind: 'lane'; readonly lane: string; readonly via: LaneWay; readonly at: number }
  | OracleAck
  /** A write that nobody acknowledged: it may have happened all the same. */
  | {
      readonly kind: 'unacknowledged';
      readonly seq: number;
      readonly lane: string;
      readonly sentAt: number;
      readonly at: number;
      readonly reason: string;
    }
  | { readonly kind: 'disconnected'; readonly lane: string; readonly at: number; readonly reason: string }
  | { readonly kind: 'connected'; readonly lane: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** How a lane writes: through a client server's data endpoint, directly to one server from another, or to the very server it is on. */
export type LaneWay = 'endpoint' | 'direct' | 'local';

/** The reply to a commit. */
export type OracleAck = {
  readonly kind: 'ack';
  /** Number of the row, from 1, given in the order of sending over all lanes. */
  readonly seq: number;
  readonly lane: string;
  readonly sentAt: number;
  readonly at: number;
  /** The engine that committed it: the name that it was given, or else its address. */
  readonly node: string;
  /** Number of the reign: PostgreSQL's timeline, else a count that the oracle keeps in the data. */
  readonly timeline: number;
};

/** One run of the oracle: its events in the order they happened. */
export type OracleLog = readonly OracleEvent[];

/** How often a number stands in the table after the run. */
export type TableRow = { readonly seq: number; readonly copies: number };

/** Gives the line of one event. */
export function formatEvent(event: OracleEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** Reads the lines of a log that `formatEvent` wrote; a last line that was cut off is left out. */
export function parseLog(text: string): OracleLog {
  const lines = text.split('\n');
  // What follows the last line end was not written to its end.
  return lines
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => {
      // Only this package writes these files; a damaged line fails as JSON.
      return JSON.parse(line) as OracleEvent;
    });
}
