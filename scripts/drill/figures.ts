/** One planned change of primary, of what `flotilla drill switchover --json` answers; milliseconds. */
type Switchover = { readonly writeGapMs: number; readonly lost: number };

/** One run, of what `flotilla drill failover --json` answers; milliseconds. */
type Failover = {
  readonly lost: number;
  readonly longestGapMs: number;
  readonly times: { readonly fenceMs?: number; readonly firstWriteMs?: number };
};

/** What `flotilla drill switchover --json` answers. */
export type Switchovers = { readonly switchovers: readonly Switchover[] };

/** What `flotilla drill failover --json` answers. */
export type Failovers = { readonly summary: { readonly runs: readonly Failover[] } };

/** A number that one drill gives for each run, with what it aims at; milliseconds. */
type Shown = {
  readonly name: string;
  readonly aim?: number;
  /** Absent when the run did not get there. */
  readonly of: (run: Partial<Switchover & Failover>) => number | undefined;
};

/** A series of runs, and what is read from it. */
export type Figure = {
  readonly what: 'switchover' | 'failover';
  readonly name: string;
  /** Of the drill command. */
  readonly words: readonly string[];
  readonly shown: readonly Shown[];
};

const POWER_OFF = ['--most', '1', '--lasting', '--roles', 'primary', '--faults', 'power-off'];

/** A planned change of primary under load. */
function switchover(aim: number): Figure {
  return {
    what: 'switchover',
    name: 'switchover',
    words: [],
    shown: [{ name: 'write gap', aim, of: ({ writeGapMs }) => writeGapMs }],
  };
}

/** The server of the primary is off, and a person fails over. */
const BY_COMMAND: Figure = {
  what: 'failover',
  name: 'failover by command',
  words: [...POWER_OFF, '--by-command'],
  shown: [
    { name: 'command to proof', of: ({ times }) => times?.fenceMs },
    { name: 'proof to first write', aim: 5_000, of: ({ times }) => proofToFirstWrite(times ?? {}) },
  ],
};

function proofToFirstWrite({ fenceMs, firstWriteMs }: Failover['times']): number | undefined {
  return fenceMs === undefined || firstWriteMs === undefined ? undefined : firstWriteMs - fenceMs;
}

/** Nobody types anything: what the engine's own consensus takes. */
function automatic(name: string, aim: number, words: readonly string[]): Figure {
  return { what: 'failover', name, words, shown: [{ name: 'write gap', aim, of: ({ longestGapMs }) => longestGapMs }] };
}

const serverLost = (aim: number) => automatic('server lost', aim, POWER_OFF);
const processDead = (aim: number) =>
  automatic('process dead', aim, ['--most', '1', '--roles', 'primary', '--faults', 'crash-process']);
const containerDead = (aim: number) =>
  automatic('engine dead for good', aim, [
    '--most',
    '1',
    '--lasting',
    '--roles',
    'primary',
    '--faults',
    'crash-engine',
  ]);

/** What is measured of each lab. */
export const FIGURES: Readonly<Record<string, readonly Figure[]>> = {
  postgres: [switchover(1_500), BY_COMMAND],
  patroni: [switchover(1_500), BY_COMMAND, serverLost(25_000), processDead(12_000)],
  mysql: [switchover(2_000), BY_COMMAND],
  'mysql-group': [switchover(2_000), BY_COMMAND, serverLost(15_000), containerDead(15_000)],
  mariadb: [switchover(2_000), BY_COMMAND],
  redis: [switchover(500), BY_COMMAND, serverLost(7_000), containerDead(7_000)],
};
