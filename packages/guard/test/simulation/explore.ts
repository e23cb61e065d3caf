import { stepsFrom } from './events.ts';
import { Violation } from './guard-steps.ts';
import type { World } from './guard-steps.ts';
import { initialState, keyOf } from './state.ts';
import type { State } from './state.ts';

export type Exploration = {
  /** Distinct states that were reached. */
  readonly states: number;
  /** Every state within the budget was reached. */
  readonly isComplete: boolean;
  /** The shortest way to a broken rule, and which. Absent when none was broken. */
  readonly violation?: { readonly rule: string; readonly steps: readonly string[] };
};

type Visit = { readonly state: State; readonly from: Visit | undefined; readonly step: string };

/** Visits every reachable state, breadth first, up to `limit` states; `inspect` may throw a `Violation` too. */
export function explore(world: World, limit: number, inspect: (state: State) => void = () => undefined): Exploration {
  const first = initialState(world.fleet);
  const known = new Set([keyOf(first)]);
  let layer: Visit[] = [{ state: first, from: undefined, step: 'bootstrap' }];
  while (layer.length > 0) {
    const following: Visit[] = [];
    for (const visit of layer) {
      try {
        for (const { name, next } of stepsFrom(world, visit.state)) {
          const key = keyOf(next);
          if (known.has(key)) continue;
          known.add(key);
          const reached = { state: next, from: visit, step: name };
          const rule = brokenRule(next, inspect);
          if (rule !== undefined) return { states: known.size, isComplete: false, violation: trace(reached, rule) };
          following.push(reached);
        }
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        return { states: known.size, isComplete: false, violation: trace(visit, error.message) };
      }
      if (known.size > limit) return { states: known.size, isComplete: false };
    }
    layer = following;
  }
  return { states: known.size, isComplete: true };
}

function brokenRule(state: State, inspect: (state: State) => void): string | undefined {
  const open = state.nodes.filter((node) => node.up && node.engine === 'open').length;
  if (open > 1) return 'two databases are open';
  try {
    inspect(state);
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
  return undefined;
}

function trace(visit: Visit, rule: string): { readonly rule: string; readonly steps: readonly string[] } {
  const steps: string[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.from) steps.unshift(at.step);
  return { rule, steps };
}
