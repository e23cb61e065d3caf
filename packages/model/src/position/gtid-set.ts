/** Inclusive run of transaction numbers of one origin. */
type Interval = readonly [first: bigint, last: bigint];

/** Transactions by origin (`uuid` or `uuid:tag`); intervals sorted, apart from each other. */
type GtidSet = ReadonlyMap<string, readonly Interval[]>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The highest number that a transaction may have. */
const LAST = 9_223_372_036_854_775_807n;
const INTERVAL = /^(\d+)(?:-(\d+))?$/;

/**
 * Reads a set as MySQL writes it, white space allowed: `uuid:1-5:7,uuid:tag:1-3`. What is no part of one is left out.
 * https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html
 */
function parseGtidSet(text: string): GtidSet {
  const origins = new Map<string, Interval[]>();
  for (const part of text.toLowerCase().replaceAll(/\s/g, '').split(',')) {
    const [uuid = '', ...tokens] = part.split(':');
    if (!UUID.test(uuid)) continue;
    let origin = uuid;
    for (const token of tokens) {
      const match = INTERVAL.exec(token);
      if (match === null) origin = `${uuid}:${token}`;
      else origins.set(origin, [...(origins.get(origin) ?? []), interval(match[1], match[2])]);
    }
  }
  return new Map([...origins].map(([origin, intervals]) => [origin, merge(intervals)]));
}

function interval(first = '0', last = first): Interval {
  return [BigInt(first), BigInt(last)];
}

function merge(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const previous = merged.at(-1);
    if (previous === undefined || next[0] > previous[1] + 1n) merged.push(next);
    else if (next[1] > previous[1]) merged[merged.length - 1] = [previous[0], next[1]];
  }
  return merged;
}

function subtractIntervals(from: readonly Interval[], what: readonly Interval[]): readonly Interval[] {
  let rest = [...from];
  for (const [first, last] of what) {
    rest = rest.flatMap(([begin, end]): Interval[] => {
      if (last < begin || first > end) return [[begin, end]];
      const before: Interval[] = begin < first ? [[begin, first - 1n]] : [];
      return end > last ? [...before, [last + 1n, end]] : before;
    });
  }
  return rest;
}

/**
 * Gives the transactions of `from` that are not in `what`, sorted by origin; empty text when there are none.
 * @example subtractGtids('…:1-5', '…:1-3') // '…:4-5'
 */
export function subtractGtids(from: string, what: string): string {
  const subtrahend = parseGtidSet(what);
  return [...parseGtidSet(from)]
    .map(([origin, intervals]) => [origin, subtractIntervals(intervals, subtrahend.get(origin) ?? [])] as const)
    .filter(([, intervals]) => intervals.length > 0)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([origin, intervals]) => [origin, ...intervals.map(formatInterval)].join(':'))
    .join(',');
}

function formatInterval([first, last]: Interval): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** Gives how many transactions a set holds. */
export function countGtids(text: string): bigint {
  const intervals = [...parseGtidSet(text).values()].flat();
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1n, 0n);
}

/** Gives the transactions of a set that one server wrote, tagged ones included. */
export function gtidsFrom(text: string, uuid: string): string {
  const others = [...parseGtidSet(text).keys()].filter((origin) => origin.slice(0, uuid.length) !== uuid.toLowerCase());
  const rest = text.toLowerCase().replaceAll(/\s/g, '');
  return subtractGtids(rest, others.map((origin) => `${origin}:1-${LAST}`).join(','));
}
