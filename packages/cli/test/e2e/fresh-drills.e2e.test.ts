import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';

/** The labs that never lose an acknowledged write, whoever decides about their primary. */
const LABS = ['postgres-strict', 'patroni-strict', 'mysql-group'] as const;

// The kept series under packages/sandbox/drills were made on an earlier state of the code: each run of the tests adds one of its own.
describe.each(LABS)('a fresh drill of lab/%s', (lab) => {
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await openFleet(`fresh${lab.replace('-', '')}`, `lab/${lab}`);
  });
  afterEach(() => fleet?.close());

  test('keeps every acknowledged write through two faults drawn from the clock', async () => {
    const { environment } = fleet.repository;
    // Exit code 1 would tell of a broken promise; what the command says ends in the error, the seed with it.
    const { stdout, stderr } = await fleet.expect(
      0,
      'drill',
      'failover',
      environment,
      'database',
      '--most',
      '2',
      '--json',
    );
    process.stderr.write(`${lab}: ${/seed \d+/.exec(stderr)?.[0] ?? 'no seed'}\n`);
    const { summary } = JSON.parse(stdout) as Drilled;
    expect(summary.runs).toMatchObject([{ lost: 0, duplicated: 0, broken: [] }]);
    expect(summary.runs[0]?.acknowledged).toBeGreaterThan(100);
  });
});

/** Of what the command documents as its answer. */
type Drilled = {
  readonly summary: { readonly runs: readonly { readonly acknowledged: number; readonly lost: number }[] };
};
