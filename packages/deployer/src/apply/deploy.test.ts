import { beforeEach, describe, expect, it } from 'vitest';

import { deployBench, SICK, states } from '../../test/deploy-bench.ts';
import type { Bench } from '../../test/deploy-bench.ts';
import { sketchTree, webFleet } from '../../test/sketch.ts';

let bench: Bench;
beforeEach(() => void (bench = deployBench()));

const webAndData = (version: string) =>
  sketchTree({
    app1: [{ service: 'web', run: version }],
    app2: [{ service: 'db', kind: 'postgres', tier: 'data', run: version }],
  });

describe('a deploy of what runs already', () => {
  it('asks each server once and touches none', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    const report = await bench.run(webFleet('1'));
    expect(report.outcome).toBe('unchanged');
    expect(bench.fake.log).toEqual(['lb observe', 'app1 observe', 'app2 observe']);
    expect(states(report)).toEqual(['app1/web unchanged', 'app2/web unchanged', 'lb/edge unchanged']);
  });

  it('puts back an entry that an interrupted deploy left out of rotation', async () => {
    await bench.run(webFleet('1'));
    bench.fake.servers['lb']?.maintained.add('be_web/app2');
    bench.fake.clear();
    expect((await bench.run(webFleet('1'))).outcome).toBe('done');
    expect(bench.fake.log.slice(3)).toEqual([
      'lb lock',
      'lb observe',
      'app1 observe',
      'app2 observe',
      'lb undrain-on-trial be_web/app2',
      'lb unlock',
    ]);
  });
});

describe('a server with another host key than the pinned one', () => {
  it('stops a deploy before it touches any server', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    bench.fake.intercept((line) => (line === 'app2 observe' ? 'impostor' : undefined));
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_HOST_KEY_REFUSED' } });
    expect(bench.fake.log).toEqual(['lb observe', 'app1 observe', 'app2 observe']);
  });
});

describe('a deploy of a change', () => {
  it('brings everything to every server before anything changes, then goes server by server behind drains', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    const report = await bench.run(webFleet('2'));
    expect(report.outcome).toBe('done');
    expect(bench.fake.log.filter((line) => !line.endsWith('keep'))).toEqual([
      'lb observe',
      'app1 observe',
      'app2 observe',
      'app1 lock',
      'app2 lock',
      'lb lock',
      'lb observe',
      'app1 observe',
      'app2 observe',
      'app1 upload',
      'app2 upload',
      'app1 pull',
      'app2 pull',
      'lb drain be_web/app1',
      'app1 journal begin web',
      'app1 up web',
      'lb undrain be_web/app1',
      'app1 applied web',
      'app1 journal end web',
      'lb drain be_web/app2',
      'app2 journal begin web',
      'app2 up web',
      'lb undrain be_web/app2',
      'app2 applied web',
      'app2 journal end web',
      'app1 unlock',
      'app2 unlock',
      'lb unlock',
    ]);
  });

  it('reloads without draining when the container stays', async () => {
    await bench.run(webFleet('1', 'a'));
    bench.fake.clear();
    await bench.run(webFleet('1', 'b'));
    expect(bench.acted().filter((line) => line.startsWith('app1') || line.startsWith('lb'))).toEqual([
      'app1 journal begin web',
      'app1 reload web',
      'app1 applied web',
      'app1 journal end web',
    ]);
  });

  it('does not show a secret to any event', async () => {
    await bench.run(sketchTree({ app1: [{ service: 'web', secretEnv: [{ variable: 'KEY', secret: 'api-key' }] }] }));
    expect(bench.fake.log).toContain('app1 secrets web');
    expect(JSON.stringify(bench.events)).not.toContain('value of');
  });
});

describe('a gate that fails', () => {
  it('on the first server leaves the second alone and returns the first', async () => {
    await bench.run(webFleet('1'));
    const before = bench.hashes('web');
    bench.verdicts.set('app1 waybill-web', SICK);
    bench.fake.clear();
    const running = bench.run(webFleet('2'));
    bench.fake.intercept((line) => {
      // The old release is well again.
      if (line === 'app1 restore-secrets web') bench.verdicts.clear();
      return undefined;
    });
    const report = await running;
    expect(report.outcome).toBe('returned');
    expect(report.reason?.code).toBe('DEPLOY_GATE_FAILED');
    expect(states(report)).toEqual(['app1/web returned', 'app2/web not-reached', 'lb/edge unchanged']);
    expect(bench.hashes('web')).toEqual(before);
    expect(bench.acted().slice(0, 14)).toEqual([
      'lb drain be_web/app1',
      'app1 journal begin web',
      'app1 up web',
      'app1 mark-failed web',
      'lb drain be_web/app1',
      'app1 journal return web',
      'app1 restore-secrets web',
      'app1 journal begin web',
      'app1 up web',
      'lb undrain be_web/app1',
      'app1 applied web',
      'app1 journal end web',
      'lb undrain-on-trial be_web/app1',
    ]);
  });

  it('on the second server returns both', async () => {
    await bench.run(webFleet('1'));
    const before = bench.hashes('web');
    bench.verdicts.set('app2 waybill-web', SICK);
    bench.fake.intercept((line) => {
      if (line === 'app2 restore-secrets web') bench.verdicts.clear();
      return undefined;
    });
    const report = await bench.run(webFleet('2'));
    expect(report.outcome).toBe('returned');
    expect(states(report)).toEqual(['app1/web returned', 'app2/web returned', 'lb/edge unchanged']);
    expect(bench.hashes('web')).toEqual(before);
    expect(bench.fake.servers['lb']?.maintained.size).toBe(0);
  });

  it('whose old release is not well either is a failure, and the other server still returns', async () => {
    await bench.run(webFleet('1'));
    bench.verdicts.set('app2 waybill-web', SICK);
    const report = await bench.run(webFleet('2'));
    expect(report.outcome).toBe('failed');
    expect(states(report)).toEqual(['app1/web returned', 'app2/web failed', 'lb/edge unchanged']);
  });

  it('on the first deployment has nothing to return to', async () => {
    bench.verdicts.set('app1 waybill-web', SICK);
    const report = await bench.run(webFleet('1'));
    expect(report.outcome).toBe('failed');
    expect(states(report)).toContain('app1/web failed');
  });

  it('of the data tier holds it and stops', async () => {
    await bench.run(webAndData('1'));
    bench.verdicts.set('app2 waybill-db', SICK);
    bench.fake.clear();
    const report = await bench.run(webAndData('2'));
    expect(report.outcome).toBe('failed');
    expect(states(report)).toEqual(['app1/web not-reached', 'app2/db held']);
    expect(bench.acted().filter((line) => line.includes('restore'))).toEqual([]);
  });
});

describe('before anything is touched', () => {
  it('an image that cannot be pulled ends the deploy', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    bench.fake.intercept((line) => (line === 'app2 pull' ? { stdout: 'failed x\n', stderr: 'not found' } : undefined));
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_PULL_FAILED' } });
    expect(bench.acted()).toEqual([]);
    expect(bench.fake.log.slice(-3)).toEqual(['app1 unlock', 'app2 unlock', 'lb unlock']);
  });

  it('a lock that somebody keeps ends it, and the locks taken so far are given back', async () => {
    const owner = JSON.stringify({ kind: 'deploy', holder: 'ben', reason: 'other', at: 'x' });
    bench.fake.intercept((line) => (line === 'app2 lock' ? { stdout: `held\n${owner}\n` } : undefined));
    const report = await bench.run(webFleet('1'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_LOCK_HELD' } });
    expect(bench.fake.log.filter((line) => line.endsWith('lock') && !line.startsWith('app2'))).toEqual([
      'app1 lock',
      'app1 unlock',
    ]);
    expect(bench.fake.log).not.toContain('lb lock');
  });

  it('a lock that nobody renews is waited for', async () => {
    const owner = JSON.stringify({ kind: 'deploy', holder: 'ben', reason: 'died', at: 'x' });
    let asked = 0;
    bench.fake.intercept((line) =>
      line === 'app2 lock' && (asked += 1) < 10 ? { stdout: `held\n${owner}\n` } : undefined,
    );
    expect((await bench.run(webFleet('1'))).outcome).toBe('done');
    expect(bench.events.filter(({ kind }) => kind === 'waiting-for-lock')).toHaveLength(1);
  });

  it('a failover that is under way ends it at once', async () => {
    const owner = JSON.stringify({ kind: 'failover', holder: 'ops', reason: 'db1 is down', at: 'x' });
    bench.fake.intercept((line) => (line === 'app1 lock' ? { stdout: `held\n${owner}\n` } : undefined));
    expect((await bench.run(webFleet('1'))).reason?.code).toBe('DEPLOY_LOCK_HELD');
    expect(bench.fake.log.slice(3)).toEqual(['app1 lock']);
  });

  it('a balancer that does not answer ends a deploy that would drain through it', async () => {
    await bench.run(webFleet('1'));
    bench.fake.clear();
    bench.fake.intercept((line) => (line.startsWith('lb ') ? 'unreachable' : undefined));
    const report = await bench.run(webFleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_EDGE_UNREACHABLE' } });
    expect(bench.acted()).toEqual([]);
  });
});

describe('servers that take no part', () => {
  it('goes on without a server that does not answer and says so', async () => {
    bench.fake.intercept((line) => (line.startsWith('app2 ') ? 'unreachable' : undefined));
    const report = await bench.run(webFleet('1'));
    expect(report.outcome).toBe('partly');
    expect(report.servers.map(({ server, isReachable }) => [server, isReachable])).toEqual([
      ['app1', true],
      ['app2', false],
      ['lb', true],
    ]);
  });

  it('leaves a frozen server as it is', async () => {
    await bench.run(webFleet('1'));
    bench.fake.servers['app2']!.hold = 'maria looks into it';
    bench.fake.clear();
    const report = await bench.run(webFleet('2'));
    expect(report.outcome).toBe('partly');
    expect(bench.fake.log.filter((line) => line.startsWith('app2') && line !== 'app2 observe')).toEqual([]);
    expect(states(report)).toContain('app2/web held');
  });

  it('fails when nobody answers', async () => {
    bench.fake.intercept(() => 'unreachable');
    expect(await bench.run(webFleet('1'))).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_NO_SERVER' } });
  });
});
