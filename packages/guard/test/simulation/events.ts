import { act, planPromotion, promoteData, stream, tick, withNode, withRecord } from './guard-steps.ts';
import type { World } from './guard-steps.ts';
import { isLinked } from './state.ts';
import type { Budget, Node, State } from './state.ts';
import { nameOf, recordOf, viewOf } from './views.ts';

export type Step = { readonly name: string; readonly next: State };

/**
 * Gives every step that can follow. Tools are not modelled as programs. Every order may arrive at any server at any time, which covers any
 * number of tools, each dying between any two of its steps.
 */
export function stepsFrom(world: World, state: State): readonly Step[] {
  const steps: Step[] = [];
  const add = (name: string, next: State | 'excused') => {
    if (next !== 'excused' && next !== state) steps.push({ name, next: acknowledge(world, next) });
  };
  for (const [index, node] of state.nodes.entries()) {
    if (node.up) addServing({ world, state, index, node, add });
    else addDown({ world, state, index, node, add });
  }
  addCuts(state, add);
  return steps;
}

type Add = (name: string, next: State | 'excused') => void;
type At = { readonly state: State; readonly index: number; readonly node: Node; readonly add: Add };

function addServing(at: At & { readonly world: World }): void {
  const { world, state, index, node, add } = at;
  add(`guard ${index}`, tick(world, state, index));
  if (node.pending !== 'none') add(`act ${index}`, act(world, state, index));
  if (index < world.fleet.members) addMember(at);
  for (let term = 2; term <= world.fleet.maxTerm; term += 1) {
    for (let holder = 0; holder < world.fleet.members; holder += 1) addClaim(at, { term, holder });
  }
  if (state.left.crashes > 0) add(`crash ${index}`, crash(spend(state, 'crashes'), index));
  if (state.left.disks > 0 && state.copy === undefined)
    add(`copy ${index}`, { ...state, copy: { server: index, node } });
}

function addMember({ world, state, index, node, add }: At & { readonly world: World }): void {
  if (node.rec?.holder === index && !node.rec.promoted) {
    add(`promote ${index}`, planPromotion(world, state, index));
    addFence({ world, state, index, node, add });
  }
  if (node.pending === 'promote' && node.role === 'replica' && !node.isExcused && state.left.crashes > 0) {
    const promoted = withNode(spend(state, 'crashes'), index, promoteData(world.fleet, node));
    add(`promote and crash ${index}`, crash(promoted, index));
  }
  if (node.engine === 'standby') add(`stream ${index}`, stream(state, index));
  if (node.engine === 'open' && state.left.writes > 0) {
    add(`write ${index}`, withNode(spend(state, 'writes'), index, { data: `${node.data}${writeOf(world, index)}` }));
  }
  addCopying({ state, index, node, add });
}

function writeOf({ fleet }: World, index: number): string {
  return fleet.atRest === true ? String.fromCharCode('a'.charCodeAt(0) + index) : 'w';
}

/** Cloning an empty disk, and setting superseded data aside, both from a promoted and open holder. */
function addCopying({ state, index, node, add }: At): void {
  if (node.rec === null || !node.rec.promoted || node.rec.holder === index) return;
  const holder = state.nodes[node.rec.holder]!;
  const isServed = holder.up && holder.engine === 'open' && isLinked(state, index, node.rec.holder);
  const isSame = holder.rec?.term === node.rec.term && holder.rec.promoted;
  if (!isServed || !isSame) return;
  if (node.data === undefined) {
    add(
      `clone ${index}`,
      withNode(state, index, { data: holder.data, role: 'replica', engine: 'standby', of: node.rec.holder }),
    );
  } else if (node.engine === 'off' || (node.engine === 'rest' && node.pending === 'none')) {
    add(`rejoin ${index}`, withNode(state, index, { data: undefined, role: 'replica', engine: 'off', clean: true }));
  }
}

function addClaim(at: At & { readonly world: World }, claim: { term: number; holder: number }): void {
  const { world, state, index, node, add } = at;
  if (node.rec !== null && claim.term < node.rec.term) return;
  const view = viewOf(world.fleet, state, index);
  const outcome = world.rules.acceptClaim(view, { term: claim.term, holder: nameOf(claim.holder), at: '' });
  if (outcome.kind === 'refused' || outcome.record === view.record) return;
  const claimed = withRecord(world, state, index, outcome.record);
  // The answer to a claim comes after the verdict was written: an older primary is closed by then.
  add(`claim ${claim.term} for ${claim.holder} at ${index}`, tick(world, claimed, index));
}

/** A tool powers a server off, keeps the proof, and delivers it some time later, if ever. */
function addFence({ world, state, index, node, add }: At & { readonly world: World }): void {
  if (node.rec === null) return;
  const { term } = node.rec;
  for (const proof of state.proofs.filter((one) => one.holder === index && one.term === term)) {
    const order = { term, fenced: [nameOf(proof.server)], bootId: proof.isThisBoot ? 'now' : 'before' };
    const outcome = world.rules.acceptFence(viewOf(world.fleet, state, index), order);
    if (outcome.kind === 'accepted' && JSON.stringify(outcome.record) !== JSON.stringify(recordOf(node.rec))) {
      add(`deliver proof to ${index}`, withRecord(world, state, index, outcome.record));
    }
  }
  for (let server = 0; server < world.fleet.members; server += 1) {
    if (server === index || (world.rules.provesAfterClaim && !hasClaim(state, node, server))) continue;
    const fenced = state.nodes[server]!.up ? crash(state, server) : state;
    const proof = { server, term, holder: index, isThisBoot: true };
    const isKnown = state.proofs.some((one) => JSON.stringify(one) === JSON.stringify(proof));
    if (isKnown && fenced === state) continue;
    const others = state.proofs.filter((one) => JSON.stringify(one) !== JSON.stringify(proof));
    add(`fence ${server} for ${index}`, { ...fenced, proofs: [proof, ...others].slice(0, world.fleet.proofs) });
  }
}

/** The claim is known to a majority, or to everybody but the server that is about to be fenced and those proved fenced before. */
function hasClaim(state: State, holder: Node, fenced: number): boolean {
  const knows = state.nodes.map(({ rec }) => rec?.term === holder.rec?.term && rec?.holder === holder.rec?.holder);
  const votes = knows.filter(Boolean).length;
  const others = knows.every((yes, index) => yes || index === fenced || holder.rec?.fenced.includes(index) === true);
  return votes * 2 > state.nodes.length || others;
}

function addDown({ world, state, index, node, add }: At & { readonly world: World }): void {
  // A container that starts again finds its engine closed.
  const engine = world.fleet.atRest === true && node.data !== undefined ? 'rest' : 'off';
  add(`boot ${index}`, withNode(state, index, { up: true, engine }));
  if (state.left.disks === 0) return;
  const spent = spend(state, 'disks');
  const lost = { rec: null, seen: node.seen.map(() => 0), data: undefined, role: 'replica', clean: true } as const;
  add(`lose disk ${index}`, withNode(spent, index, lost));
  if (state.copy?.server !== index) return;
  const { rec, seen, data, role } = state.copy.node;
  const old = { rec: rec === null ? null : { ...rec, isThisBoot: false }, seen, data, role, clean: false };
  add(`old disk ${index}`, { ...withNode(spent, index, old), copy: undefined });
}

function addCuts(state: State, add: Add): void {
  if (state.cut.length > 0) add('heal', { ...state, cut: [] });
  if (state.left.cuts === 0) return;
  for (let a = 0; a < state.nodes.length; a += 1) {
    const links = state.nodes.flatMap((_, b) => (a === b ? [] : [Math.min(a, b) * 8 + Math.max(a, b)]));
    const cut = [...new Set([...state.cut, ...links])].sort((left, right) => left - right);
    if (cut.length > state.cut.length) add(`isolate ${a}`, { ...spend(state, 'cuts'), cut });
  }
}

function crash(state: State, index: number): State {
  const node = state.nodes[index]!;
  const rec = node.rec === null ? null : { ...node.rec, isThisBoot: false };
  const clean = node.engine === 'off' ? node.clean : false;
  const down = withNode(state, index, { up: false, engine: 'off', pending: 'none', isExcused: false, rec, clean });
  const proofs = state.proofs.map((proof) => (proof.holder === index ? { ...proof, isThisBoot: false } : proof));
  return { ...down, proofs };
}

function spend(state: State, what: keyof Budget): State {
  return { ...state, left: { ...state.left, [what]: state.left[what] - 1 } };
}

/** Under synchronous replication a client is told once every member has its write. */
function acknowledge({ fleet }: World, state: State): State {
  const members = state.nodes.slice(0, fleet.members);
  const serves = ({ up, engine, pending }: Node) =>
    up && engine === 'open' && (pending === 'none' || pending === 'close');
  const open = members.find(serves);
  if (open?.data === undefined || open.data.length <= state.acked.length) return state;
  const index = state.nodes.indexOf(open);
  const isSafe = members.every(
    (node, at) =>
      at === index || (node.up && node.engine === 'standby' && node.of === index && node.data === open.data),
  );
  return isSafe ? { ...state, acked: open.data } : state;
}
