import { act, planPromotion, tick, Violation, withRecord } from './guard-steps.ts';
import type { World } from './guard-steps.ts';
import { keyOf } from './state.ts';
import type { Fleet, Node, State } from './state.ts';
import { nameOf, viewOf } from './views.ts';

/**
 * Gives a check that the service comes back from a state once nothing is broken any more: every server up, every link whole, and one tool
 * that claims for the member with the newest data and promotes it.
 */
export function createRecoveryCheck(world: World): (state: State) => void {
  const checked = new Set<string>();
  return (state) => {
    const healed = heal(world, state);
    const key = keyOf(healed);
    if (checked.has(key)) return;
    checked.add(key);
    const settled = settleAll(world, healed);
    if (isOpen(settled) || isOpen(failOver(world, settled))) return;
    throw new Violation('the service cannot be brought back');
  };
}

function heal({ fleet }: World, state: State): State {
  const left = { crashes: 0, cuts: 0, disks: 0, writes: 0 };
  return {
    ...state,
    nodes: state.nodes.map((node) => (node.up ? node : { ...node, up: true, engine: started(fleet, node) })),
    cut: [],
    proofs: [],
    left,
  };
}

function started({ atRest }: Fleet, node: Node): Node['engine'] {
  return atRest === true && node.data !== undefined ? 'rest' : 'off';
}

function isOpen(state: State): boolean {
  return state.nodes.some((node) => node.engine === 'open');
}

function settleAll(world: World, state: State): State {
  let next = state;
  for (let round = 0; round < (world.fleet.atRest === true ? 6 : 4); round += 1) {
    for (const index of state.nodes.keys()) {
      next = tick(world, next, index);
      const acted = next.nodes[index]?.pending === 'none' ? next : act(world, next, index);
      if (acted !== 'excused') next = acted;
    }
  }
  return next;
}

function failOver(world: World, state: State): State {
  const members = state.nodes.slice(0, world.fleet.members);
  const position = (data: string | undefined) =>
    data === undefined ? -1 : data.replaceAll(/[^0-9]/g, '').length * 100 + data.length;
  const positions = members.map(({ data }) => position(data));
  const target = positions.indexOf(Math.max(...positions));
  const term = 1 + Math.max(...state.nodes.map(({ rec }) => rec?.term ?? 0));
  let next = state;
  for (const index of state.nodes.keys()) {
    const view = viewOf(world.fleet, next, index);
    const outcome = world.rules.acceptClaim(view, { term, holder: nameOf(target), at: '' });
    if (outcome.kind === 'accepted') next = tick(world, withRecord(world, next, index, outcome.record), index);
  }
  const planned = planPromotion(world, settleAll(world, next), target);
  return settleAll(world, planned);
}
