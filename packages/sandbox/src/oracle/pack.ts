import type { OracleEvent, OracleLog } from './log.ts';

/** An event that a lane saw, without its numbers. */
type Sort =
  | { readonly kind: 'ack'; readonly node: string; readonly timeline: number }
  | { readonly kind: 'unacknowledged'; readonly reason: string }
  | { readonly kind: 'disconnected'; readonly reason: string }
  | { readonly kind: 'connected' };

type LaneEvent = Exclude<OracleEvent, { readonly kind: 'begin' | 'lane' | 'end' }>;
type RareEvent = Exclude<OracleEvent, LaneEvent>;

/**
 * A log by columns, in which neighbours are alike and small. `sorts` and `lanes` are dictionaries; each column has one number per
 * event of a lane, joined by spaces: differences to the event before (`at`), or to the last row of the same lane (`seq`).
 */
export type PackedLog = {
  /** Place in the log, and the event as it is. */
  readonly rare: readonly (readonly [number, RareEvent])[];
  readonly sorts: readonly Sort[];
  readonly lanes: readonly string[];
  readonly columns: { readonly sort: string; readonly lane: string; readonly at: string };
  /** Of rows only. */
  readonly rowColumns: { readonly seq: string; readonly took: string };
};

/** Gives a log in few bytes for a compressor. */
export function packLog(log: OracleLog): PackedLog {
  const seen = log.filter((event): event is LaneEvent => !isRare(event));
  const rows = seen.filter((event) => event.kind === 'ack' || event.kind === 'unacknowledged');
  const sorts = dictionary<Sort>();
  const lanes = dictionary<string>();
  const lastSeq = new Map<string, number>();
  const seqStep = ({ lane, seq }: { readonly lane: string; readonly seq: number }) => {
    const step = seq - (lastSeq.get(lane) ?? 0);
    lastSeq.set(lane, seq);
    return step;
  };
  const columns = {
    sort: join(seen.map((event) => sorts.indexOf(sortOf(event)))),
    lane: join(seen.map(({ lane }) => lanes.indexOf(lane))),
    at: join(seen.map(({ at }, index) => at - (seen[index - 1]?.at ?? 0))),
  };
  return {
    rare: log.flatMap((event, index) => (isRare(event) ? [[index, event] as const] : [])),
    sorts: sorts.entries(),
    lanes: lanes.entries(),
    columns,
    rowColumns: { seq: join(rows.map(seqStep)), took: join(rows.map(({ at, sentAt }) => at - sentAt)) },
  };
}

/** Gives the log that `packLog` packed. Throws for one that it cannot have made. */
export function unpackLog({ rare, sorts, lanes, columns, rowColumns }: PackedLog): OracleLog {
  const column = { sort: numbers(columns.sort), lane: numbers(columns.lane), at: numbers(columns.at) };
  const rows = { seq: numbers(rowColumns.seq).values(), took: numbers(rowColumns.took).values() };
  const last = { at: 0, seq: new Map<string, number>() };
  const events: OracleEvent[] = column.sort.map((sortIndex, index) => {
    const sort = entry(sorts, sortIndex);
    const lane = entry(lanes, entry(column.lane, index));
    const at = last.at + entry(column.at, index);
    last.at = at;
    if (sort.kind === 'connected' || sort.kind === 'disconnected') return { ...sort, lane, at };
    const seq = (last.seq.get(lane) ?? 0) + next(rows.seq);
    last.seq.set(lane, seq);
    return { ...sort, seq, lane, sentAt: at - next(rows.took), at };
  });
  for (const [index, event] of rare) events.splice(index, 0, event);
  return events;
}

function isRare(event: OracleEvent): event is RareEvent {
  return event.kind === 'begin' || event.kind === 'lane' || event.kind === 'end';
}

function sortOf(event: LaneEvent): Sort {
  switch (event.kind) {
    case 'ack':
      return { kind: 'ack', node: event.node, timeline: event.timeline };
    case 'unacknowledged':
      return { kind: 'unacknowledged', reason: event.reason };
    case 'disconnected':
      return { kind: 'disconnected', reason: event.reason };
    case 'connected':
      return { kind: 'connected' };
    default:
      throw new Error(`unreachable: ${String(event satisfies never)}`);
  }
}

function dictionary<T>() {
  const found = new Map<string, { readonly index: number; readonly value: T }>();
  return {
    indexOf: (value: T): number => {
      const key = JSON.stringify(value);
      const known = found.get(key) ?? { index: found.size, value };
      found.set(key, known);
      return known.index;
    },
    entries: (): readonly T[] => [...found.values()].map(({ value }) => value),
  };
}

function join(column: readonly number[]): string {
  return column.join(' ');
}

function numbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(' ').map(Number);
}

function entry<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error('a packed log lacks an entry');
  return found;
}

function next(column: Iterator<number, unknown>): number {
  const { value, done } = column.next();
  if (done === true || typeof value !== 'number') throw new Error('a packed log lacks a number');
  return value;
}
