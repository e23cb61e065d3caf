import type { PlannedFault, Role } from './planned-fault.ts';
import { needsFailover } from './planned-fault.ts';
import { seededRandom } from './random.ts';

/** One thing to do. Times in milliseconds. */
export type DrillStep =
  | { readonly kind: 'pause'; readonly forMs: number }
  | { readonly kind: 'strike'; readonly fault: PlannedFault }
  /** A person fails the service over, and waits until it takes writes. */
  | { readonly kind: 'fail-over' }
  /** Undoes the fault that was struck last, on the servers that it struck. */
  | { readonly kind: 'mend'; readonly fault: PlannedFault }
  /** Waits until writes go on and every replica follows. */
  | { readonly kind: 'settle' };

/** The faults of one run, from its seed alone. Each is mended, and the service whole again, before the next strikes. */
export type DrillPlan = { readonly seed: number; readonly steps: readonly DrillStep[] };

/** What a plan may contain. */
export type PlanOptions = {
  /** Whether a person decides about the primary, or the engine's own consensus. */
  readonly control: 'manual' | 'automatic';
  /**
   * How long an engine of consensus takes to give a silent primary up. Half of the faults that strike a primary then last longer, so that it
   * is replaced while they last; nothing is stretched when absent.
   */
  readonly givesUpMs?: number;
  /** Kinds to choose from; all of them when absent. */
  readonly kinds?: readonly PlannedFault['kind'][];
  /** Roles to strike; all of them when absent. */
  readonly roles?: readonly Role[];
  /** Only faults that take the primary, each of which lasts until it would have been replaced: what one replacement costs. */
  readonly isLasting?: boolean;
  /** Upper bound for the number of faults; 3 when absent. */
  readonly mostFaults?: number;
};

/** A frozen server must sleep long enough that the others give it up. */
const SHORTEST_FREEZE_MS = 10_000;

const FAULTS: readonly PlannedFault[] = [
  { kind: 'crash-engine', role: 'primary', restarts: true },
  { kind: 'crash-engine', role: 'primary', restarts: false },
  { kind: 'crash-process', role: 'primary' },
  { kind: 'power-off', role: 'primary' },
  { kind: 'freeze-server', role: 'primary' },
  { kind: 'freeze-engine', role: 'primary' },
  { kind: 'partition', role: 'primary' },
  { kind: 'cut', role: 'primary' },
  { kind: 'power-off', role: 'replica' },
  { kind: 'crash-engine', role: 'replica', restarts: true },
  { kind: 'freeze-server', role: 'replica' },
  { kind: 'partition', role: 'replica' },
  { kind: 'freeze-engine', role: 'other' },
];

/**
 * Gives a run for a service on three servers: one to three different faults in random order, with pauses, always ending mended and
 * whole. The same seed and options give the same plan. Throws when `kinds`, `roles` and `isLasting` leave nothing to choose from.
 * @example planRun(20_260_102, { control: 'manual' })
 */
export function planRun(seed: number, options: PlanOptions): DrillPlan {
  const random = seededRandom(seed);
  const candidates = FAULTS.filter((fault) => isAdmitted(fault, options));
  if (candidates.length === 0) throw new Error('a plan needs a kind of fault to choose from');
  const most = Math.min(options.mostFaults ?? 3, candidates.length);
  const count = 1 + Math.floor(random() * most);
  const chosen = shuffle(candidates, random).slice(0, count);
  return { seed, steps: chosen.flatMap((fault) => stepsOf(fault, options, random)) };
}

function isAdmitted(fault: PlannedFault, { kinds, roles, isLasting = false }: PlanOptions): boolean {
  if (isLasting && !needsFailover(fault)) return false;
  return (kinds?.includes(fault.kind) ?? true) && (roles?.includes(fault.role) ?? true);
}

function stepsOf(fault: PlannedFault, options: PlanOptions, random: () => number): readonly DrillStep[] {
  const { control, givesUpMs = 0, isLasting = false } = options;
  const isFreeze = fault.kind === 'freeze-server' || fault.kind === 'freeze-engine';
  const short = between(random, isFreeze ? SHORTEST_FREEZE_MS : 2_000, isFreeze ? 15_000 : 6_000);
  const outlasts = givesUpMs > 0 && needsFailover(fault) && (isLasting || random() < 0.5);
  const held = outlasts ? givesUpMs + between(random, 1_000, 5_000) : short;
  // A freeze that nobody reacts to must be survived as well.
  const isWaitedOut = isFreeze && !isLasting && random() < 0.25;
  const failsOver = control === 'manual' && needsFailover(fault) && !isWaitedOut;
  return [
    { kind: 'pause', forMs: between(random, 1_000, 4_000) },
    { kind: 'strike', fault },
    { kind: 'pause', forMs: held },
    ...(failsOver ? ([{ kind: 'fail-over' }, { kind: 'pause', forMs: between(random, 500, 3_000) }] as const) : []),
    { kind: 'mend', fault },
    { kind: 'settle' },
  ];
}

/** Whole milliseconds. */
function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from));
}

function shuffle<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
