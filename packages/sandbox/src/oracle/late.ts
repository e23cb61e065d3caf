import type { Generation } from './generations.ts';
import type { LaneWay, OracleAck, OracleLog } from './log.ts';

/** An acknowledgement by a node after another node had taken its place. */
export type LateAck = {
  readonly ack: OracleAck;
  /** The reign that had begun first of all newer ones. */
  readonly newer: Generation;
  /** From that reign's first acknowledgement, in milliseconds. */
  readonly afterMs: number;
  /** Where the client stands: on the superseded node's own server, or anywhere else. */
  readonly client: 'elsewhere' | 'local';
};

/** Gives the commits of older reigns after the first of a newer one on another node, by number. `generations` are sorted, oldest first. */
export function findLateAcks(log: OracleLog, generations: readonly Generation[]): readonly LateAck[] {
  const ways = laneWays(log);
  const successors = new Map(generations.map((generation) => [key(generation), successorOf(generation, generations)]));
  return log
    .filter((event) => event.kind === 'ack')
    .flatMap((ack): readonly LateAck[] => {
      const newer = successors.get(key(ack));
      if (newer === undefined || ack.at <= newer.firstAckAt) return [];
      const client = ways.get(ack.lane) === 'local' ? 'local' : 'elsewhere';
      return [{ ack, newer, afterMs: ack.at - newer.firstAckAt, client }];
    })
    .toSorted((left, right) => left.ack.seq - right.ack.seq);
}

/** Gives how each lane writes. */
export function laneWays(log: OracleLog): ReadonlyMap<string, LaneWay> {
  return new Map(log.flatMap((event) => (event.kind === 'lane' ? [[event.lane, event.via] as const] : [])));
}

function key({ node, timeline }: { readonly node: string; readonly timeline: number }): string {
  return `${timeline} ${node}`;
}

/** A node that returns under a later number is not its own rival. */
function successorOf(generation: Generation, generations: readonly Generation[]): Generation | undefined {
  return generations
    .slice(generations.indexOf(generation) + 1)
    .filter(({ node }) => node !== generation.node)
    .toSorted((left, right) => left.firstAckAt - right.firstAckAt)[0];
}
