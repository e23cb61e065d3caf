import { describe, expect, it } from 'vitest';

import type { DrillPlan, DrillStep } from './plan-run.ts';
import { planRun } from './plan-run.ts';
import type { PlannedFault } from './planned-fault.ts';
import { FAULT_KINDS, needsFailover } from './planned-fault.ts';

const SEEDS = Array.from({ length: 300 }, (_, index) => index);
const MANUAL = SEEDS.map((seed) => planRun(seed, { control: 'manual' }));

const faultsOf = ({ steps }: DrillPlan) => steps.flatMap((step) => (step.kind === 'strike' ? [step.fault] : []));
const kindsOf = ({ steps }: DrillPlan) => steps.map(({ kind }) => kind);

/** The steps of each fault, from its strike to its mend. */
function acts({ steps }: DrillPlan): readonly (readonly DrillStep[])[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'strike') return [];
    const end = steps.findIndex((other, later) => later > index && other.kind === 'mend');
    return [steps.slice(index, end + 1)];
  });
}

describe('planRun', () => {
  it('gives the same run for the same seed', () => {
    expect(planRun(20_260_102, { control: 'manual' })).toEqual(planRun(20_260_102, { control: 'manual' }));
    expect(planRun(1, { control: 'manual' })).not.toEqual(planRun(2, { control: 'manual' }));
  });

  it('strikes one to three different faults', () => {
    expect(new Set(MANUAL.map((plan) => faultsOf(plan).length))).toEqual(new Set([1, 2, 3]));
    for (const plan of MANUAL) {
      const faults = faultsOf(plan).map((fault) => JSON.stringify(fault));
      expect(new Set(faults).size).toBe(faults.length);
    }
  });

  it('mends each fault and lets the service settle before the next', () => {
    for (const plan of MANUAL) {
      expect(
        kindsOf(plan)
          .filter((kind) => kind !== 'pause' && kind !== 'fail-over')
          .join(' '),
      ).toMatch(/^(strike mend settle ?)+$/);
      for (const act of acts(plan))
        expect(act.at(-1)).toMatchObject({ kind: 'mend', fault: faultsOf({ ...plan, steps: act })[0] });
    }
  });

  it('knows every sort of fault and strikes each role', () => {
    const faults = MANUAL.flatMap(faultsOf);
    expect(new Set(faults.map((fault) => JSON.stringify(fault))).size).toBe(13);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    expect(new Set(faults.map(({ role }) => role))).toEqual(new Set(['primary', 'replica', 'other']));
  });

  it('freezes for at least ten seconds', () => {
    const freezes = MANUAL.flatMap(acts).filter(
      ([strike]) => strike?.kind === 'strike' && strike.fault.kind.startsWith('freeze'),
    );
    expect(freezes.length).toBeGreaterThan(50);
    for (const [, pause] of freezes) expect(pause?.kind === 'pause' && pause.forMs).toBeGreaterThanOrEqual(10_000);
  });

  it('has a person fail over where the primary is gone, sometimes not from a freeze, and never from anything less', () => {
    const outcomes = MANUAL.flatMap(acts).map((act) => {
      const [strike] = act;
      if (strike?.kind !== 'strike') throw new Error('an act begins with its strike');
      return { fault: strike.fault, failsOver: act.some(({ kind }) => kind === 'fail-over') };
    });
    const needed = outcomes.filter(({ fault }) => needsFailover(fault));
    expect(outcomes.filter(({ fault, failsOver }) => failsOver && !needsFailover(fault))).toEqual([]);
    const waitedOut = needed.filter(({ failsOver }) => !failsOver);
    expect(new Set(waitedOut.map(({ fault }) => fault.kind))).toEqual(new Set(['freeze-server', 'freeze-engine']));
    expect(waitedOut.length).toBeLessThan(needed.length / 4);
  });

  it('leaves the decision to the engine’s own consensus', () => {
    const automatic = SEEDS.map((seed) => planRun(seed, { control: 'automatic' }));
    expect(automatic.flatMap(kindsOf)).not.toContain('fail-over');
    expect(automatic.flatMap(faultsOf)).toHaveLength(MANUAL.flatMap(faultsOf).length);
  });

  it('outlasts the engine’s patience in half of the faults that take the primary, and in no other', () => {
    const patient = SEEDS.map((seed) => planRun(seed, { control: 'automatic', givesUpMs: 25_000 }));
    const held = patient.flatMap(acts).map(([strike, pause]) => {
      if (strike?.kind !== 'strike' || pause?.kind !== 'pause') throw new Error('a strike is followed by a pause');
      return { takesPrimary: needsFailover(strike.fault), outlasts: pause.forMs > 25_000 };
    });
    expect(held.filter(({ takesPrimary, outlasts }) => outlasts && !takesPrimary)).toEqual([]);
    const taken = held.filter(({ takesPrimary }) => takesPrimary);
    const share = taken.filter(({ outlasts }) => outlasts).length / taken.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.1);
  });

  it('lets every fault last that is to show what a replacement costs', () => {
    const options = { control: 'automatic', givesUpMs: 25_000, isLasting: true } as const;
    const lasting = SEEDS.flatMap((seed) => acts(planRun(seed, options)));
    expect(lasting.every(([strike]) => strike?.kind === 'strike' && needsFailover(strike.fault))).toBe(true);
    expect(lasting.every(([, pause]) => pause?.kind === 'pause' && pause.forMs > 25_000)).toBe(true);
    const manual = SEEDS.flatMap((seed) => acts(planRun(seed, { control: 'manual', isLasting: true })));
    expect(manual.every((act) => act.some(({ kind }) => kind === 'fail-over'))).toBe(true);
  });

  it('chooses only from what it may, and not more than it may', () => {
    const kinds: readonly PlannedFault['kind'][] = ['partition', 'cut'];
    const plans = SEEDS.map((seed) => planRun(seed, { control: 'manual', kinds, mostFaults: 1 }));
    expect(new Set(plans.flatMap(faultsOf).map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(plans.every((plan) => faultsOf(plan).length === 1)).toBe(true);
    expect(() => planRun(1, { control: 'manual', kinds: [] })).toThrow('kind of fault');
  });
});
