import { afterAll, afterEach, beforeAll } from 'vitest';

import { statusOf } from '../../e2e/support/data-tier.ts';
import { figureTable, seconds } from '../../e2e/support/figures.ts';
import type { Figure } from '../../e2e/support/figures.ts';
import { openFleet } from '../../e2e/support/fleet.ts';
import type { FleetOptions, TestFleet } from '../../e2e/support/fleet.ts';
import { strike } from './look.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the test measured, for `pnpm drill:faults`. */
    figures?: readonly Figure[];
  }
}

/** What the fault tests of one lab share: its fleet, booted once, and the figures that they leave. */
export type Bench = {
  /** The fleet; there from the first test on. */
  readonly fleet: () => TestFleet;
  /** Shows a figure after the last test. */
  readonly note: (scenario: string, figure: string, measured: string) => void;
};

/** Which lab is booted, and what it differs in. */
export type BenchOptions = FleetOptions & { readonly environment: string; readonly template: string };

/** Boots the lab before the first test of this file and takes it down after the last; what a failed test left broken is mended. */
export function openBench({ environment, template, ...options }: BenchOptions): Bench {
  let fleet: TestFleet | undefined;
  const figures: Figure[] = [];
  const held = () => {
    if (fleet === undefined) throw new Error('the fleet is not up yet');
    return fleet;
  };
  beforeAll(async () => {
    fleet = await openFleet(environment, template, options);
  });
  afterAll(async () => {
    process.stderr.write(figureTable(figures));
    await fleet?.close();
  });
  let shown = 0;
  afterEach(async ({ task }) => {
    task.meta.figures = figures.slice(shown);
    shown = figures.length;
    if (task.result?.state === 'fail') await mendAll(held());
  });
  const note: Bench['note'] = (scenario, figure, measured) => figures.push({ scenario, figure, measured, target: '' });
  return { fleet: held, note };
}

/** Mends every server, and starts every engine of the database again. */
async function mendAll(fleet: TestFleet): Promise<void> {
  const { data, sandbox } = fleet;
  for (const { name } of sandbox.servers) await strike(fleet, 'mend', name);
  for (const { server } of (await statusOf(fleet)).members) {
    // It runs already, or has to wait for its guard.
    await strike(fleet, 'boot', `${data.service}@${server}`).catch(() => undefined);
  }
}

/** Gives how long `work` took beside what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly took: string }> {
  const began = performance.now();
  const result = await work();
  return { result, took: seconds(performance.now() - began) };
}
