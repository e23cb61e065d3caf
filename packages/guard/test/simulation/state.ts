/**
 * The abstract fleet. Its engines are PostgreSQL's, which a closed door stops; or they stay up at rest, as MySQL's and Redis' do, and are
 * told over their own protocol. Data are texts: `w` is a write, a digit is the promotion in that term, so that one database contains another exactly
 * when its text begins with the other's. Timeline and position are what PostgreSQL would report of it: two nodes may both count timeline 2.
 * An engine at rest counts the writes of each server instead (`a` is one of server 0), and a promotion leaves no trace in its data.
 */
export type Rec = {
  readonly term: number;
  readonly holder: number;
  readonly promoted: boolean;
  readonly fenced: readonly number[];
  /** The proofs were given in this boot. */
  readonly isThisBoot: boolean;
};

export type Node = {
  readonly up: boolean;
  readonly rec: Rec | null;
  /** Rank that this server remembers of each. */
  readonly seen: readonly number[];
  readonly role: 'primary' | 'replica';
  /** `undefined` is an empty disk. */
  readonly data: string | undefined;
  readonly clean: boolean;
  /** `rest`: up, and refuses every write of a client. */
  readonly engine: 'off' | 'rest' | 'standby' | 'open';
  /** Whom a standby follows. */
  readonly of: number;
  /**
   * Decided on an earlier reading, and not yet carried out: the process may have been frozen in between. An engine that is told to open may
   * be told to close before it did (`late`): it opens nevertheless. One that is told to close goes on until it does.
   */
  readonly pending: 'none' | 'open' | 'promote' | 'late' | 'close';
  /** What the decision rested on was falsified by an old disk that nobody within reach could tell. */
  readonly isExcused: boolean;
};

/** A proof in a tool's hands, waiting to be delivered. */
export type Proof = {
  readonly server: number;
  readonly term: number;
  readonly holder: number;
  readonly isThisBoot: boolean;
};

export type Budget = {
  readonly crashes: number;
  readonly cuts: number;
  readonly disks: number;
  readonly writes: number;
};

export type State = {
  readonly nodes: readonly Node[];
  /** Pairs `a * 8 + b` with a < b that cannot talk. */
  readonly cut: readonly number[];
  /** Proofs in the hands of tools, latest first. */
  readonly proofs: readonly Proof[];
  /** An old copy of one server's disk. */
  readonly copy: { readonly server: number; readonly node: Node } | undefined;
  /** The longest data that every member had while one of them was open: acknowledged under synchronous replication. */
  readonly acked: string;
  /** Highest rank that each server ever accepted, in truth. */
  readonly truth: readonly number[];
  readonly left: Budget;
};

export type Fleet = {
  readonly size: number;
  readonly members: number;
  readonly maxTerm: number;
  readonly proofs: number;
  readonly budget: Budget;
  /** Engines stay up when closed. */
  readonly atRest?: true;
  /** PostgreSQL too closes some time after it was told to. */
  readonly closesLate?: true;
  /** A deliberate mistake: while an engine is being opened, its guard goes on saying that it is at rest. */
  readonly saysOldFacts?: true;
  /** Silence closes an open database. */
  readonly closesInSilence?: true;
};

/** Gives the fleet just after its bootstrap: server 0 open, the others following. */
export function initialState({ size, members, budget }: Fleet): State {
  const rec: Rec = { term: 1, holder: 0, promoted: true, fenced: [], isThisBoot: true };
  const nodes = Array.from({ length: size }, (_, index): Node => ({
    up: true,
    rec,
    // Without lost disks nothing is ever compared with a memory; zeros keep equal states equal.
    seen: Array.from({ length: size }, () => (budget.disks === 0 ? 0 : 3)),
    role: index === 0 ? 'primary' : 'replica',
    data: index < members ? '' : undefined,
    clean: true,
    engine: index === 0 ? 'open' : index < members ? 'standby' : 'off',
    of: 0,
    pending: 'none',
    isExcused: false,
  }));
  const truth = nodes.map(() => 3);
  return { nodes, cut: [], proofs: [], copy: undefined, acked: '', truth, left: budget };
}

export function rank(rec: Rec | null): number {
  return rec === null ? 0 : rec.term * 2 + (rec.promoted ? 1 : 0);
}

export function isLinked(state: State, a: number, b: number): boolean {
  return a === b || !state.cut.includes(Math.min(a, b) * 8 + Math.max(a, b));
}

export function hears(state: State, self: number, other: number): boolean {
  return state.nodes[other]?.up === true && isLinked(state, self, other);
}

/** Gives one text per state; equal states have equal texts. */
export function keyOf(state: State): string {
  const nodes = state.nodes.map(nodeKey).join(';');
  const { proofs, copy, left } = state;
  const carried = proofs
    .map(({ server, term, holder, isThisBoot }) => `${server}${term}${holder}${isThisBoot ? 1 : 0}`)
    .join();
  const copied = copy === undefined ? '' : `${copy.server}${nodeKey(copy.node)}`;
  const budget = `${left.crashes}${left.cuts}${left.disks}${left.writes}`;
  // The truth follows from the records as long as no disk can be lost, and is asked for only then.
  const truth =
    left.disks === 0 && state.nodes.every(({ seen }) => seen.every((value) => value === 0))
      ? ''
      : state.truth.join(',');
  return `${nodes}|${state.cut.join(',')}|${carried}|${copied}|${state.acked}|${truth}|${budget}`;
}

const PENDING_KEYS = { none: 'n', open: 'o', promote: 'p', late: 'l', close: 'c' } as const;

const keys = new WeakMap<Node, string>();

function nodeKey(node: Node): string {
  const known = keys.get(node);
  if (known !== undefined) return known;
  const { rec } = node;
  const record = rec === null ? '-' : `${rank(rec)}.${rec.holder}.${rec.fenced.join('')}${rec.isThisBoot ? 'b' : ''}`;
  const flags = `${node.up ? 'u' : 'd'}${node.role[0]}${node.clean ? 'c' : 'x'}${node.engine[1]}${node.of}${PENDING_KEYS[node.pending]}`;
  const key = `${record},${node.seen.join('')},${node.data ?? '-'},${flags}${node.isExcused ? '!' : ''}`;
  keys.set(node, key);
  return key;
}
