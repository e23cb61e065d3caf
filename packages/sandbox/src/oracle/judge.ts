import type { LateAck } from './late.ts';
import { findLateAcks, laneWays } from './late.ts';
import { findGenerations, reign } from './generations.ts';
import type { Generation } from './generations.ts';
import type { OracleAck, OracleLog, TableRow } from './log.ts';

/** A stretch without any acknowledgement through the endpoints. */
export type WriteGap = {
  readonly durationMs: number;
  readonly from: OracleAck;
  /** Absent when no write was acknowledged until the log ended. */
  readonly to?: OracleAck;
};

/** What one run proves. Every list is sorted by number. */
export type OracleVerdict = {
  readonly acknowledged: number;
  readonly unacknowledged: number;
  /** Unacknowledged writes that are in the table. */
  readonly unacknowledgedPresent: number;
  /** Acknowledged writes that are not in the table. */
  readonly lost: readonly number[];
  /** Lost writes that were acknowledged before a surviving one of the same reign was even sent: a hole, not a tail. */
  readonly holes: readonly number[];
  /** Numbers that stand in the table more than once. */
  readonly duplicated: readonly number[];
  /** Numbers in the table that were never sent. */
  readonly unsent: readonly number[];
  readonly longestGap?: WriteGap;
  /** Reigns, oldest first. */
  readonly generations: readonly Generation[];
  /** Commits of an older reign after the first of a newer one on another node: two primaries at once. */
  readonly lateAcks: readonly LateAck[];
};

/** Judges one run by its log and by what the table holds afterwards. */
export function judge(log: OracleLog, rows: readonly TableRow[]): OracleVerdict {
  const acks = log.filter((event) => event.kind === 'ack');
  const failed = log.filter((event) => event.kind === 'unacknowledged');
  const present = new Set(rows.map(({ seq }) => seq));
  const sent = new Set([...acks, ...failed].map(({ seq }) => seq));
  const lost = acks.filter(({ seq }) => !present.has(seq));
  const generations = findGenerations(log);
  const longestGap = findLongestGap(log);
  return {
    acknowledged: acks.length,
    unacknowledged: failed.length,
    unacknowledgedPresent: failed.filter(({ seq }) => present.has(seq)).length,
    lost: numbers(lost),
    holes: numbers(findHoles(acks, lost, present)),
    duplicated: numbers(rows.filter(({ copies }) => copies > 1)),
    unsent: numbers(rows.filter(({ seq }) => !sent.has(seq))),
    ...(longestGap === undefined ? {} : { longestGap }),
    generations,
    lateAcks: findLateAcks(log, generations),
  };
}

function numbers(items: readonly { readonly seq: number }[]): readonly number[] {
  return items.map(({ seq }) => seq).toSorted((left, right) => left - right);
}

function findHoles(
  acks: readonly OracleAck[],
  lost: readonly OracleAck[],
  present: ReadonlySet<number>,
): readonly OracleAck[] {
  const lastSurvivorSentAt = new Map<string, number>();
  for (const ack of acks) {
    if (!present.has(ack.seq)) continue;
    lastSurvivorSentAt.set(reign(ack), Math.max(ack.sentAt, lastSurvivorSentAt.get(reign(ack)) ?? ack.sentAt));
  }
  return lost.filter((ack) => (lastSurvivorSentAt.get(reign(ack)) ?? -Infinity) > ack.at);
}

function findLongestGap(log: OracleLog): WriteGap | undefined {
  const ordered = endpointAcks(log);
  const endAt = log.find((event) => event.kind === 'end')?.at;
  let longest: WriteGap | undefined;
  for (const [index, from] of ordered.entries()) {
    const to = ordered[index + 1];
    const durationMs = (to?.at ?? endAt ?? from.at) - from.at;
    if (durationMs > (longest?.durationMs ?? 0)) longest = { durationMs, from, ...(to === undefined ? {} : { to }) };
  }
  return longest;
}

/** What `firstWriteAfter` looks for. Times in milliseconds since the epoch. */
export type FirstWrite = {
  /** Writes that were sent before are passed over, even when they were acknowledged later. */
  readonly at: number;
  /** A reign that does not count, such as the one that was struck. Patroni's nodes share a name: the timeline tells them apart. */
  readonly except?: Pick<Generation, 'node' | 'timeline'>;
};

/** Gives the first acknowledgement through the endpoints of a write that was sent at `at` or later; `undefined` without one. */
export function firstWriteAfter(log: OracleLog, { at, except }: FirstWrite): OracleAck | undefined {
  const isExcept = (ack: OracleAck) => ack.node === except?.node && ack.timeline === except.timeline;
  return endpointAcks(log).find((ack) => ack.sentAt >= at && !isExcept(ack));
}

/** In the order of their times. */
function endpointAcks(log: OracleLog): readonly OracleAck[] {
  const ways = laneWays(log);
  return log
    .filter((event) => event.kind === 'ack')
    .filter(({ lane }) => (ways.get(lane) ?? 'endpoint') === 'endpoint')
    .toSorted((left, right) => left.at - right.at);
}
