import type { View } from '../../src/policy/view.ts';
import { soundRules } from './rules.ts';
import type { Rules } from './rules.ts';
import type { Fleet } from './state.ts';

/** A rule deliberately broken, and a fleet small enough to find out. */
export type Mutant = { readonly name: string; readonly rules: Rules; readonly fleet: Fleet };

const pair: Fleet = {
  size: 2,
  members: 2,
  maxTerm: 3,
  proofs: 1,
  budget: { crashes: 1, cuts: 1, disks: 0, writes: 0 },
};
const trio: Fleet = {
  size: 3,
  members: 2,
  maxTerm: 2,
  proofs: 1,
  budget: { crashes: 0, cuts: 1, disks: 0, writes: 0 },
};
const withWrites: Fleet = { ...pair, maxTerm: 2, budget: { crashes: 1, cuts: 1, disks: 0, writes: 1 } };
const withRivals: Fleet = { ...pair, proofs: 2 };
const withOldData: Fleet = { ...pair, maxTerm: 2, budget: { crashes: 1, cuts: 0, disks: 1, writes: 1 } };

const resting: Fleet = { ...pair, maxTerm: 2, atRest: true };

/** As if whoever is told to close had done so. */
function withObedientPeers(view: View): View {
  const reads = Object.entries(view.reads).map(([name, read]) => {
    const isTold = read.verdict.kind === 'closed' && read.engine.state !== 'empty';
    return [
      name,
      isTold ? { ...read, engine: { ...read.engine, state: 'running', role: 'none' } as const } : read,
    ] as const;
  });
  return { ...view, reads: Object.fromEntries(reads) };
}

/** As if no member took writes. */
function withoutPrimaries(view: View): View {
  const reads = Object.entries(view.reads).map(([name, read]) => {
    const isPrimary = read.engine.role === 'primary';
    return [name, isPrimary ? { ...read, engine: { ...read.engine, state: 'stopped' } as const } : read] as const;
  });
  return { ...view, reads: Object.fromEntries(reads) };
}

/** One silent server less: a majority of the rest is one vote short of the fleet's. */
function withoutOneSilent(view: View): View {
  const silent = view.servers.find((server) => server !== view.self && view.reads[server] === undefined);
  return { ...view, servers: view.servers.filter((server) => server !== silent) };
}

function withoutPeerData(view: View): View {
  const engine = { state: 'unknown', role: 'none' } as const;
  const reads = Object.fromEntries(Object.entries(view.reads).map(([name, read]) => [name, { ...read, engine }]));
  return { ...view, reads };
}

/** As if the proofs in the record had been given in this boot. */
function withLastingProofs(view: View): View {
  return view.record?.fencedIn === undefined ? view : { ...view, record: { ...view.record, fencedIn: view.bootId } };
}

export const mutants: readonly Mutant[] = [
  {
    name: 'opens with a vote less than a majority',
    rules: { ...soundRules, decide: (view) => soundRules.decide(withoutOneSilent(view)) },
    fleet: pair,
  },
  {
    name: 'promotes without reading the others again',
    rules: {
      ...soundRules,
      planPromotion: ({ record, self }) =>
        record?.holder === self && record.phase === 'claimed'
          ? { kind: 'promote' }
          : { kind: 'refused', code: 'WRONG_TERM', reason: '', servers: [] },
    },
    fleet: pair,
  },
  {
    name: 'takes a majority of claims for a fence',
    rules: {
      ...soundRules,
      planPromotion: (view, order) => soundRules.planPromotion({ ...view, members: [view.self] }, order),
    },
    fleet: trio,
  },
  {
    name: 'accepts an equal term for another holder',
    rules: {
      ...soundRules,
      acceptClaim: (view, claim) =>
        view.record?.term === claim.term
          ? { kind: 'accepted', record: { ...claim, phase: 'claimed' } }
          : soundRules.acceptClaim(view, claim),
    },
    fleet: { ...pair, maxTerm: 2 },
  },
  {
    name: 'counts a proof after a reboot of the holder',
    rules: {
      ...soundRules,
      decide: (view) => soundRules.decide(withLastingProofs(view)),
      planPromotion: (view, order) => soundRules.planPromotion(withLastingProofs(view), order),
    },
    fleet: pair,
  },
  {
    name: 'accepts a proof that was begun before a reboot of the holder',
    rules: {
      ...soundRules,
      acceptFence: (view, proof) => soundRules.acceptFence(view, { ...proof, bootId: view.bootId }),
    },
    fleet: withRivals,
  },
  {
    name: 'proves the fence before the claim has its majority',
    rules: { ...soundRules, provesAfterClaim: false },
    fleet: { ...trio, budget: { ...trio.budget, cuts: 2 } },
  },
  {
    name: 'opens without comparing data',
    rules: { ...soundRules, decide: (view) => soundRules.decide(withoutPeerData(view)) },
    fleet: withOldData,
  },
  {
    name: 'lets a former primary follow without comparing data',
    rules: {
      ...soundRules,
      decide: (view) => {
        const verdict = soundRules.decide(view);
        const { record } = view;
        const isSuperseded = verdict.kind === 'closed' && record?.phase === 'promoted' && record.holder !== view.self;
        return isSuperseded ? { kind: 'replica', of: record.holder, term: record.term } : verdict;
      },
    },
    fleet: withWrites,
  },
  {
    name: 'takes an engine that was told to close for closed',
    rules: {
      ...soundRules,
      planPromotion: (view, order) => soundRules.planPromotion(withObedientPeers(view), order),
    },
    fleet: resting,
  },
  {
    name: 'says that its engine is at rest while it is being opened',
    rules: soundRules,
    fleet: { ...resting, saysOldFacts: true },
  },
  {
    name: 'opens while a member that votes for it still takes writes',
    rules: { ...soundRules, decide: (view) => soundRules.decide(withoutPrimaries(view)) },
    fleet: { ...resting, maxTerm: 3 },
  },
];
