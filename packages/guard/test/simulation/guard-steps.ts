import type { GuardVerdict, TermRecord } from '@flotilla/model';

import type { Rules } from './rules.ts';
import { hears, isLinked, rank } from './state.ts';
import type { Fleet, Node, State } from './state.ts';
import { indexOf, recOf, recordOf, viewOf } from './views.ts';

export type World = { readonly rules: Rules; readonly fleet: Fleet };

/** A rule was broken on the way to a state. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function withNode(state: State, index: number, change: Partial<Node>): State {
  const nodes = state.nodes.map((node, at) => (at === index ? { ...node, ...change } : node));
  return { ...state, nodes };
}

/**
 * Gives the state after server `self` put `record` on its disk. What it decided before no longer holds, except that an engine that was
 * told already does what it was told.
 */
export function withRecord({ fleet }: World, state: State, self: number, record: TermRecord): State {
  const rec = recOf(record);
  const { pending } = state.nodes[self]!;
  const isTold = pending === 'close' || (fleet.atRest === true && (pending === 'open' || pending === 'late'));
  const truth = state.truth.map((value, at) => (at === self ? Math.max(value, rank(rec)) : value));
  const kept = isTold ? (pending === 'open' ? 'late' : pending) : 'none';
  return { ...withNode(state, self, { rec, pending: kept, isExcused: false }), truth };
}

/** The guard of `self` reads whom it can reach, takes over what is newer, decides, and moves its engine; an opening waits. */
export function tick(world: World, state: State, self: number): State {
  const { rules, fleet } = world;
  // Without lost disks a memory never says more than the record itself.
  let next = fleet.budget.disks === 0 ? state : remember(state, self);
  const seed = rules.planSeed(viewOf(fleet, next, self));
  if (seed !== undefined) next = withRecord(world, next, self, seed);
  const verdict = rules.decide(viewOf(fleet, next, self));
  const decided = verdict.kind === 'private' ? decideOnceStarted({ rules, fleet }, next, self) : verdict;
  return carryOut(world, next, { self, verdict: decided });
}

function remember(state: State, self: number): State {
  const node = state.nodes[self]!;
  const seen = node.seen.map((value, peer) =>
    peer !== self && hears(state, self, peer) ? Math.max(value, rank(state.nodes[peer]!.rec)) : value,
  );
  return seen.every((value, at) => value === node.seen[at]) ? state : withNode(state, self, { seen });
}

function decideOnceStarted({ rules, fleet }: World, state: State, self: number): GuardVerdict {
  const view = viewOf(fleet, state, self);
  return rules.decide({
    ...view,
    engine: { ...view.engine, state: 'running' },
    verdict: { kind: 'private', reason: '' },
  });
}

function carryOut(
  { fleet }: World,
  state: State,
  { self, verdict }: { readonly self: number; readonly verdict: GuardVerdict },
): State {
  const node = state.nodes[self]!;
  // An opening that was begun ends before anything else begins.
  if (node.pending === 'late') return state;
  switch (verdict.kind) {
    case 'open':
      if (node.engine === 'open') return node.pending === 'close' ? withNode(state, self, { pending: 'none' }) : state;
      return withNode(state, self, { engine: down(fleet), pending: 'open', isExcused: isFooled(state, self) });
    case 'replica':
      return becomeReplica(state, self, indexOf(verdict.of));
    case 'closed':
    case 'yielded':
    case 'private':
      return fleet.atRest === true ? rest(state, self) : stop(fleet, state, self);
    default:
      throw new Error(`unreachable: ${String(verdict satisfies never)}`);
  }
}

function down({ atRest }: Fleet): 'off' | 'rest' {
  return atRest === true ? 'rest' : 'off';
}

function stop({ closesLate }: Fleet, state: State, self: number): State {
  const node = state.nodes[self]!;
  if (closesLate === true && node.engine === 'open') return withNode(state, self, { pending: 'close' });
  if (node.engine === 'off') return node.pending === 'open' ? withNode(state, self, { pending: 'none' }) : state;
  return withNode(state, self, { engine: 'off', pending: 'none', clean: true });
}

/** An engine that is told to close does so some time later. */
function rest(state: State, self: number): State {
  const node = state.nodes[self]!;
  if (node.data === undefined) return state;
  if (node.pending === 'open') return withNode(state, self, { pending: 'late' });
  if (node.engine === 'open') return withNode(state, self, { pending: 'close' });
  return node.engine === 'rest' ? state : withNode(state, self, { engine: 'rest', role: 'primary', pending: 'none' });
}

function becomeReplica(state: State, self: number, of: number): State {
  const node = state.nodes[self]!;
  if (node.data === undefined) return state;
  const primary = state.nodes[of]!;
  if (node.role === 'primary' && !primary.data?.startsWith(node.data)) {
    throw new Violation('a former primary follows although its data are not part of the new primary’s');
  }
  return withNode(state, self, {
    role: 'replica',
    engine: 'standby',
    of,
    pending: node.pending === 'promote' ? 'promote' : 'none',
  });
}

/** The holder reads everybody and plans its promotion; carrying it out is another step. */
export function planPromotion({ rules, fleet }: World, state: State, self: number): State {
  const node = state.nodes[self]!;
  if (node.rec === null) return state;
  const order = { term: node.rec.term, acceptLoss: false };
  const plan = rules.planPromotion(viewOf(fleet, state, self), order);
  if (plan.kind !== 'promote' && plan.kind !== 'record') return state;
  return withNode(state, self, { pending: 'promote', isExcused: isFooled(state, self) });
}

/** Carries out what was decided before, however long ago; only a changed record or a restart undoes it. */
export function act(world: World, state: State, self: number): State | 'excused' {
  const node = state.nodes[self]!;
  if (node.isExcused) return 'excused';
  if (node.pending === 'close')
    return withNode(state, self, { pending: 'none', engine: down(world.fleet), clean: true });
  if (node.pending === 'late') return withNode(state, self, { pending: 'close', engine: 'open' });
  const isReplica = world.fleet.atRest === true ? node.engine === 'standby' : node.role === 'replica';
  const opens = node.pending === 'open' || isReplica;
  if (opens && !node.data?.startsWith(state.acked)) {
    throw new Violation('an opened database lacks an acknowledged write');
  }
  if (node.pending === 'open') {
    return withNode(state, self, { pending: 'none', engine: 'open' });
  }
  const promoted = isReplica ? promoteData(world.fleet, node) : {};
  const record = recordOf(node.rec);
  if (record === null) return state;
  return withRecord(world, withNode(state, self, promoted), self, { ...record, phase: 'promoted' });
}

/** A promoted standby serves whoever was connected to read: it counts as open at once. */
export function promoteData({ atRest }: Fleet, node: Node): Partial<Node> {
  const data = atRest === true ? node.data : `${node.data}${node.rec?.term}`;
  return { role: 'primary', data, engine: 'open', clean: false };
}

/**
 * True when the decision of `self` rests on a disk that went back in time, and nobody within reach can know: the documented limit.
 * A record counts as gone back when somebody who remembers it is out of reach; data, when no member within reach has what was lost.
 */
function isFooled(state: State, self: number): boolean {
  const heard = state.nodes.flatMap((_, index) => (index === self || hears(state, self, index) ? [index] : []));
  const isRecordFooled = heard.some((server) => {
    const node = state.nodes[server]!;
    if (node.rec === null || rank(node.rec) >= state.truth[server]!) return false;
    return heard.every((other) => other === server || state.nodes[other]!.seen[server]! <= rank(node.rec));
  });
  const hasAcked = (index: number) => state.nodes[index]!.data?.startsWith(state.acked) === true;
  return isRecordFooled || (state.left.disks === 0 && !heard.some(hasAcked));
}

/** A standby receives from whom it follows, as PostgreSQL allows: by timeline and position. */
export function stream(state: State, self: number): State {
  const node = state.nodes[self]!;
  const primary = state.nodes[node.of]!;
  const serves = primary.engine === 'open' || primary.engine === 'rest';
  const isServed = node.of !== self && primary.up && serves && isLinked(state, self, node.of);
  if (!isServed || node.data === undefined || primary.data === undefined) return state;
  if (!primary.data.startsWith(node.data)) return state;
  return node.data === primary.data ? state : withNode(state, self, { data: primary.data });
}
