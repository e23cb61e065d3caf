import { pollUntil, systemClock } from '@flotilla/exec';
import type { Assessment } from '@flotilla/failover';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { figureTable, seconds } from './support/figures.ts';
import type { Figure } from './support/figures.ts';
import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';

const clock = systemClock();
const figures: Figure[] = [];

afterAll(() => {
  process.stderr.write(figureTable(figures));
});

/** The newcomer's examples, with what their switchover may cost. */
const LABS = [
  { lab: 'postgres', gap: '1.5 s' },
  { lab: 'patroni', gap: '1.5 s' },
  { lab: 'mysql', gap: '2 s' },
  { lab: 'mysql-group', gap: '2 s' },
  { lab: 'mariadb', gap: '2 s' },
  { lab: 'redis', gap: '0.5 s' },
] as const;

describe.each(LABS)('the lab $lab', ({ lab, gap }) => {
  let fleet: TestFleet;
  let service: string;

  beforeAll(async () => {
    fleet = await openFleet(`lab${lab.replace('-', '')}`, `lab/${lab}`);
    service = (await whole(fleet)).service;
  });

  afterAll(() => fleet?.close());

  test('is whole after its first deploy, and a second one changes nothing', async () => {
    const { stdout } = await fleet.expect(0, 'deploy', fleet.repository.environment, '--sandbox', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ report: { outcome: 'unchanged' } });
  });

  test('a switchover under load loses nothing', async () => {
    const words = ['drill', 'switchover', fleet.repository.environment, service, '--runs', '1', '--json'];
    const { stdout } = await fleet.expect(0, ...words);
    const { switchovers } = JSON.parse(stdout) as Switchovers;
    expect(switchovers).toMatchObject([{ lost: 0, duplicated: 0, late: 0 }]);
    note(lab, 'switchover, write gap', seconds(switchovers[0]?.writeGapMs ?? 0), gap);
  });

  test('the loss of the primary keeps what the mode promises, and the service becomes whole again', async () => {
    const lost = ['--faults', 'power-off', '--roles', 'primary'];
    const words = ['drill', 'failover', fleet.repository.environment, service, ...lost];
    const { stdout, stderr } = await fleet.expect(0, ...words, '--by-command', '--json');
    const { summary } = JSON.parse(stdout) as Summary;
    const [run] = summary.runs;
    expect(run).toMatchObject({ duplicated: 0, broken: [] });
    expect(run?.acknowledged).toBeGreaterThan(0);
    const { fenceMs, firstWriteMs } = run?.times ?? {};
    const seed = /seed (\d+)/.exec(stderr)?.[1] ?? '';
    note(lab, `${run?.faults.join(', ') ?? ''} (seed ${seed}), lost`, String(run?.lost));
    if (fenceMs === undefined || firstWriteMs === undefined) return;
    note(lab, 'command to proof', seconds(fenceMs));
    note(lab, 'proof to first accepted write', seconds(firstWriteMs - fenceMs), '5 s');
  });
});

type Switchovers = { readonly switchovers: readonly { readonly writeGapMs: number }[] };
type Summary = {
  readonly summary: {
    readonly runs: readonly {
      readonly faults: readonly string[];
      readonly acknowledged: number;
      readonly lost: number;
      readonly times: { readonly fenceMs?: number; readonly firstWriteMs?: number };
    }[];
  };
};

/** Waits until the only database of the fleet is whole. Throws after 90 s. */
async function whole({ repository }: TestFleet): Promise<Assessment> {
  let last = '';
  const probe = async () => {
    const { exitCode, stdout } = await repository.flotilla('status', repository.environment, '--sandbox', '--json');
    last = stdout;
    // What the command documents as its answer.
    const { services } = JSON.parse(stdout) as { readonly services: readonly Assessment[] };
    return exitCode === 0 ? services[0] : undefined;
  };
  const found = await pollUntil(probe, { intervalMs: 500, timeoutMs: 90_000, clock });
  if (found === undefined) throw new Error(`not whole: ${last}`);
  return found;
}

function note(scenario: string, figure: string, measured: string, target = ''): void {
  figures.push({ scenario, figure, measured, target });
}
