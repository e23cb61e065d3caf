import { beforeEach, describe, expect, it } from 'vitest';

import { deployBench, SICK, states } from '../../test/deploy-bench.ts';
import type { Bench } from '../../test/deploy-bench.ts';
import { sketchTree, webFleet } from '../../test/sketch.ts';
import type { GateVerdict } from './context.ts';

let bench: Bench;
beforeEach(() => void (bench = deployBench()));

describe('a deploy that is cut short', () => {
  it('stops at the next safe point when a failover takes over, and returns nothing', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    const owner = JSON.stringify({ kind: 'failover', holder: 'ops', reason: 'db1 is down', at: 'x' });
    let isPreempted = false;
    bench.fake.intercept((line) => {
      if (line === 'app1 applied web') isPreempted = true;
      return isPreempted && line === 'app2 keep' ? { stdout: `preempted\n${owner}\n` } : undefined;
    });
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_PREEMPTED' } });
    expect(states(report)).toEqual(['app1/web changed', 'app2/web not-reached', 'lb/edge unchanged']);
    expect(bench.events).toContainEqual(expect.objectContaining({ kind: 'preempted', server: 'app2' }));
  });

  it('by a signal stops at the next safe point, gives its locks back, and the next run ends it', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    const stopping = new AbortController();
    bench.fake.intercept((line) => {
      if (line === 'app1 applied web') stopping.abort();
      return undefined;
    });
    const report = await bench.run(webFleet('2'), stopping.signal);
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_INTERRUPTED' } });
    expect(states(report)).toEqual(['app1/web changed', 'app2/web not-reached', 'lb/edge unchanged']);
    expect(bench.acted()).not.toContain('app1 restore-secrets web');
    expect((await bench.run(webFleet('2'))).outcome).toBe('done');
    expect(new Set(bench.hashes('web')).size).toBe(1);
  });

  it('by a signal while it prepares touches nothing', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    expect(await bench.run(webFleet('2'), AbortSignal.abort())).toMatchObject({
      reason: { code: 'DEPLOY_INTERRUPTED' },
    });
    expect(bench.acted()).toEqual([]);
  });

  it('by a signal while it returns a bad release returns it all the same', async () => {
    await bench.run(webFleet('1'));
    const stopping = new AbortController();
    bench.verdicts.set('app1 waybill-web', SICK);
    bench.fake.intercept((line) => {
      if (line === 'app1 up web') stopping.abort();
      // The old release is well again.
      if (line === 'app1 restore-secrets web') bench.verdicts.clear();
      return undefined;
    });
    const report = await bench.run(webFleet('2'), stopping.signal);
    expect(report.reason?.code).toBe('DEPLOY_GATE_FAILED');
    expect(states(report)).toContain('app1/web returned');
  });

  it.each(['fails a gate', 'fails a step'])('says that a failover took over when that %s', async (what) => {
    await bench.run(webFleet('1'));
    const owner = JSON.stringify({ kind: 'failover', holder: 'ops', reason: 'db1 is down', at: 'x' });
    let isPreempted = false;
    if (what === 'fails a gate') bench.verdicts.set('app1 waybill-web', SICK);
    bench.fake.intercept((line) => {
      if (line === 'app1 up web') isPreempted = true;
      if (what === 'fails a step' && line === 'app1 applied web') return { exitCode: 76, stderr: 'taken over' };
      return isPreempted && line.endsWith(' keep') ? { stdout: `preempted\n${owner}\n` } : undefined;
    });
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_PREEMPTED' } });
    expect(states(report)).toContain('app2/web not-reached');
    expect(bench.acted()).not.toContain('app1 restore-secrets web');
  });

  it('by a lost connection says that the outcome is unknown; the next run ends it', async () => {
    await bench.run(webFleet('1'));
    bench.fake.intercept((line) => (line === 'app1 up web' ? 'unreachable' : undefined));
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_OUTCOME_UNKNOWN' } });
    expect(states(report)).toEqual(['app1/web unknown', 'app2/web not-reached', 'lb/edge unchanged']);
    bench.fake.intercept(() => undefined);
    expect((await bench.run(webFleet('2'))).outcome).toBe('done');
    expect((await bench.run(webFleet('2'))).outcome).toBe('unchanged');
    expect(new Set(bench.hashes('web')).size).toBe(1);
  });

  it('by a lost connection tells what had passed its gate by then', async () => {
    const pair = (run: string) =>
      sketchTree({
        app1: [
          { service: 'api', run },
          { service: 'web', run },
        ],
      });
    await bench.run(pair('1'));
    bench.fake.intercept((line) => (line === 'app1 up web' ? 'unreachable' : undefined));
    expect(states(await bench.run(pair('2')))).toEqual(['app1/api changed', 'app1/web unknown']);
    bench.fake.intercept(() => undefined);
    expect((await bench.run(pair('2'))).outcome).toBe('done');
  });

  it('while a gate was asked asks again when the connection comes back', async () => {
    const answers: GateVerdict[] = [
      { kind: 'unknown', detail: 'lost' },
      { kind: 'unknown', detail: 'lost' },
    ];
    bench = deployBench(() => answers.shift());
    expect((await bench.run(webFleet('1'))).outcome).toBe('done');
    expect(answers).toEqual([]);
    bench = deployBench(() => ({ kind: 'unknown', detail: 'lost' }));
    const report = await bench.run(webFleet('1'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_OUTCOME_UNKNOWN' } });
  });

  it('between the new release and its gate is gone over again, whichever release comes next', async () => {
    await bench.run(webFleet('1', 'a'));
    bench.fake.intercept((line) =>
      line === 'app1 journal end web' || line === 'app1 applied web' ? 'unreachable' : undefined,
    );
    await bench.run(webFleet('1', 'b'));
    bench.fake.intercept(() => undefined);
    bench.fake.clear();
    expect((await bench.run(webFleet('1', 'a'))).outcome).toBe('done');
    expect(bench.fake.log).toContain('app1 reload web');
    expect(new Set(bench.hashes('web')).size).toBe(1);
  });

  it('does not forget a server that comes back while it runs', async () => {
    let looks = 0;
    bench.fake.intercept((line) => (line === 'app2 observe' && (looks += 1) === 1 ? 'unreachable' : undefined));
    const report = await bench.run(webFleet('1'));
    expect(report.outcome).toBe('partly');
    expect(states(report)).toEqual(['app1/web changed', 'app2/web not-reached', 'lb/edge changed']);
  });

  it('waits for the same step when the connection comes back', async () => {
    let attempts = 0;
    bench.fake.intercept((line) => (line === 'app1 up web' && (attempts += 1) < 3 ? 'unreachable' : undefined));
    expect((await bench.run(webFleet('1'))).outcome).toBe('done');
    const steps = bench.fake.fleet.commands.filter(
      ({ server, command }) => server === 'app1' && command.argv[5]?.startsWith('7-web'),
    );
    expect(steps).toHaveLength(3);
    expect(new Set(steps.map(({ command }) => command.argv[5])).size).toBe(1);
  });
});

describe('units that are declared no more', () => {
  it('removes what holds no data and leaves what does', async () => {
    const both = {
      app1: [{ service: 'web' }, { service: 'old' }, { service: 'db', kind: 'postgres', tier: 'data' }],
    } as const;
    await bench.run(sketchTree(both));
    bench.fake.clear();
    const report = await bench.run(sketchTree({ app1: [{ service: 'web' }] }));
    expect(report.outcome).toBe('done');
    expect(states(report)).toEqual(['app1/db kept', 'app1/old removed', 'app1/web unchanged']);
    expect(bench.acted()).toEqual(['app1 remove old']);
    bench.fake.clear();
    expect((await bench.run(sketchTree({ app1: [{ service: 'web' }] }))).outcome).toBe('unchanged');
  });
});
