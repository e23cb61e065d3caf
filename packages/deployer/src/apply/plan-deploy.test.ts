import { beforeEach, describe, expect, it } from 'vitest';

import { deployBench } from '../../test/deploy-bench.ts';
import type { Bench } from '../../test/deploy-bench.ts';
import { webFleet } from '../../test/sketch.ts';
import { planDeploy, wouldChange } from './plan-deploy.ts';

let bench: Bench;
beforeEach(() => void (bench = deployBench()));

const forecast = async (version: string) => planDeploy({ fleet: bench.fake.fleet, tree: webFleet(version) });

describe('planDeploy', () => {
  it('says what a deploy would change and in which order, and asks each server once', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    const found = await forecast('2');
    expect(found.servers.map(({ server, changes }) => [server, changes.map(({ kind }) => kind)])).toEqual([
      ['lb', []],
      ['app1', ['recreate']],
      ['app2', ['recreate']],
    ]);
    expect(found.waves.map(({ kind, groups }) => [kind, groups[0]?.server])).toEqual([
      ['canary', 'app1'],
      ['rollout', 'app2'],
    ]);
    expect(wouldChange(found)).toBe(true);
    expect(bench.fake.log).toEqual(['lb observe', 'app1 observe', 'app2 observe']);
  });

  it('finds nothing to change after a deploy, but what an interrupted one left out of rotation', async () => {
    await bench.run(webFleet('1'));
    expect(wouldChange(await forecast('1'))).toBe(false);
    bench.fake.servers['lb']?.maintained.add('be_web/app2');
    const found = await forecast('1');
    expect(found).toMatchObject({ waves: [], leftDrained: [{ server: 'lb', entries: ['be_web/app2'] }] });
    expect(wouldChange(found)).toBe(true);
  });

  it('names servers that do not answer or are frozen', async () => {
    await bench.run(webFleet('1'));
    bench.fake.intercept((line) => (line === 'app2 observe' ? 'unreachable' : undefined));
    Object.assign(bench.fake.servers['app1'] ?? {}, { hold: 'maria looks at it' });
    const found = await forecast('2');
    expect(found.servers[1]).toMatchObject({ server: 'app1', hold: 'maria looks at it' });
    expect(found.servers[2]).toMatchObject({ server: 'app2', unreachable: expect.any(String), changes: [] });
    expect(wouldChange(found)).toBe(false);
  });

  it('refuses a fleet without an answer, and one with a wrong host key', async () => {
    bench.fake.intercept(() => 'unreachable');
    await expect(forecast('1')).rejects.toMatchObject({ code: 'DEPLOY_NO_SERVER' });
    bench.fake.intercept((line) => (line === 'app2 observe' ? 'impostor' : undefined));
    await expect(forecast('1')).rejects.toMatchObject({ code: 'DEPLOY_HOST_KEY_REFUSED' });
  });
});
