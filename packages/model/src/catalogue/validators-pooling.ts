type PoolFacts = {
  readonly service: string;
  /** Connections of one pool; there is one per database, with its owner, and way (writes, reads) of each pooler. */
  readonly size: number;
  readonly databases: number;
  readonly poolers: number;
  readonly limit: number;
  readonly reserved: number;
  /** Connections that the guard, and Patroni where it decides, keep. */
  readonly own: number;
  readonly left: number;
  readonly isPatroni: boolean;
  readonly hasReplica: boolean;
  /** The largest size that fits; 0 when none does. */
  readonly fits: number;
  /** A `max_connections` that is enough for `size`. */
  readonly needed: number;
};

/** What the rules find in the pools before a database. Codes are permanent. */
export const poolingFindings = {
  VALIDATE_POOLS_TOO_LARGE: {
    severity: 'error',
    title: 'Pools that are larger than the database admits',
    message: (facts: PoolFacts) =>
      `${facts.service} may get ${product(facts)} = ${total(facts)} connections for writes alone, and has ${facts.left} to give (${difference(facts)}): under load it would refuse the next ones, a guard that connects anew among them`,
    hint: (facts: PoolFacts) => fitting(facts),
  },
  VALIDATE_POOLS_TOO_LARGE_FOR_READS: {
    severity: 'warning',
    title: 'Pools that are too large once the primary serves reads',
    message: (facts: PoolFacts) =>
      `${facts.service} may get ${product(facts)} × 2 (writes and reads) = ${2 * total(facts)} connections, and has ${facts.left} to give (${difference(facts)}): ${facts.hasReplica ? 'while no replica is fit to serve reads, the primary serves them' : 'without replicas, the primary serves the reads as well'}`,
    hint: (facts: PoolFacts) => fitting(facts),
  },
} as const;

function product({ size, databases, poolers }: PoolFacts): string {
  return `${size} × ${count(databases, 'database')} × ${count(poolers, 'pooler')}`;
}

function total({ size, databases, poolers }: PoolFacts): number {
  return size * databases * poolers;
}

function difference({ limit, reserved, own, isPatroni }: PoolFacts): string {
  return `max_connections ${limit} − ${reserved} reserved − ${own} of ${isPatroni ? 'the guard and Patroni' : 'the guard'}`;
}

function fitting({ service, fits, needed }: PoolFacts): string {
  const raise = `tuning: { max_connections: ${needed} }`;
  return `write for ${service} ${fits === 0 ? raise : `pooling: { size: ${fits} }, or ${raise}`}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
