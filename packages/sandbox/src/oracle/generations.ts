import type { OracleLog } from './log.ts';

/** One reign: a node on one timeline. */
export type Generation = {
  readonly node: string;
  readonly timeline: number;
  readonly firstAckAt: number;
  readonly lastAckAt: number;
  readonly acknowledged: number;
};

/** Gives what tells one reign from another. */
export function reign({ node, timeline }: { readonly node: string; readonly timeline: number }): string {
  return `${timeline} ${node}`;
}

/** Gives the reigns that a log shows, oldest first. */
export function findGenerations(log: OracleLog): readonly Generation[] {
  const found = new Map<string, Generation>();
  for (const ack of log.filter((event) => event.kind === 'ack')) {
    const known = found.get(reign(ack));
    found.set(reign(ack), {
      node: ack.node,
      timeline: ack.timeline,
      firstAckAt: Math.min(ack.at, known?.firstAckAt ?? ack.at),
      lastAckAt: Math.max(ack.at, known?.lastAckAt ?? ack.at),
      acknowledged: (known?.acknowledged ?? 0) + 1,
    });
  }
  return [...found.values()].toSorted(
    (left, right) => left.timeline - right.timeline || left.firstAckAt - right.firstAckAt,
  );
}
