import { FlotillaError } from '@flotilla/model';
import type { Control, Tree } from '@flotilla/model';
import { beforeEach, describe, expect, it } from 'vitest';

import { deployBench, SICK, states } from '../../test/deploy-bench.ts';
import type { Bench } from '../../test/deploy-bench.ts';
import { guardUnit, treeOf } from '../../test/trees.ts';
import type { UnitSpec } from '../../test/trees.ts';
import { planDeploy } from './plan-deploy.ts';

const MEMBERS = ['app1', 'app2'] as const;
const LAGS = new FlotillaError('FAILOVER_TARGET_LAGS', { service: 'db', server: 'app2', lag: '99 MiB' });
const NO_PRIMARY = new FlotillaError('FAILOVER_NO_PRIMARY', { service: 'db', environment: 'waybill' });

type Choice = {
  readonly connections?: number;
  readonly image?: string;
  readonly control?: Control;
  /** The unit itself says who decides. */
  readonly isTold?: boolean;
};

function fleet(version: string, { connections = 100, image = 'postgres:17.6', control, isTold }: Choice = {}): Tree {
  const guard = guardUnit('db', MEMBERS, control);
  const database: UnitSpec = {
    service: 'db',
    kind: 'postgres',
    tier: 'data',
    image,
    files: { 'compose.yaml': [version, 'recreate'] },
    replicaFloors: { max_connections: connections },
    ...(isTold === true && control !== undefined ? { control } : {}),
  };
  return { ...treeOf({ lb: [guard], app1: [guard, database], app2: [guard, database] }), environment: 'waybill' };
}

let bench: Bench;
beforeEach(async () => {
  bench = deployBench();
  await bench.run(fleet('1'));
  bench.lead('app1', MEMBERS);
  bench.fake.clear();
});

const order = () => bench.fake.log.filter((line) => /up db$|hand over/.test(line));

describe('a change that restarts a database with replicas', () => {
  it('changes replicas, moves the role, changes the old primary and leaves the role where it is', async () => {
    const report = await bench.run(fleet('2'));
    expect(report).toMatchObject({ outcome: 'done', handOvers: [{ service: 'db', from: 'app1', to: 'app2' }] });
    expect(order()).toEqual(['app2 up db', 'hand over db to app2', 'app1 up db']);
    expect((await bench.run(fleet('2'))).outcome).toBe('unchanged');
  });

  it('spares whoever is primary now, whatever the file prefers', async () => {
    bench.lead('app2', MEMBERS);
    await bench.run(fleet('2'));
    expect(order()).toEqual(['app1 up db', 'hand over db to app1', 'app2 up db']);
  });

  it('moves nothing when the role has left by itself meanwhile', async () => {
    bench.fake.intercept((line) => (line === 'app1 ask-role db' ? { stdout: 'other\n' } : undefined));
    expect(await bench.run(fleet('2'))).toMatchObject({ outcome: 'done', handOvers: [] });
    expect(order()).toEqual(['app2 up db', 'app1 up db']);
  });

  it('stops at a replica that is not well, with the primary untouched', async () => {
    bench.verdicts.set('app2 waybill-db', SICK);
    const report = await bench.run(fleet('2'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_GATE_FAILED' }, handOvers: [] });
    expect(order()).toEqual(['app2 up db']);
    expect(states(report)).toContain('app1/db not-reached');
  });

  it('waits for a replica that catches up, and gives up on a refusal that does not pass', async () => {
    bench.handOverErrors.push(LAGS, LAGS);
    expect((await bench.run(fleet('2'))).outcome).toBe('done');
    expect(order().filter((line) => line.startsWith('hand'))).toHaveLength(3);
    bench.lead('app1', MEMBERS);
    bench.handOverErrors.push(NO_PRIMARY);
    bench.fake.clear();
    const report = await bench.run(fleet('3'));
    expect(report).toMatchObject({ outcome: 'failed', reason: { code: 'DEPLOY_HAND_OVER_FAILED' } });
    expect(order()).toEqual(['app2 up db', 'hand over db to app2']);
    expect(states(report)).toContain('app1/db held');
  });

  it('changes the primary alone after a hand-over to a replica that this deploy does not touch', async () => {
    bench.fake.servers['app2']!.hold = 'maria looks into it';
    const report = await bench.run(fleet('2'));
    expect(report.outcome).toBe('partly');
    expect(order()).toEqual(['hand over db to app2', 'app1 up db']);
  });
});

describe('the locks of a deploy that hands over', () => {
  const preempted = { stdout: `preempted\n${JSON.stringify({ kind: 'failover', holder: 'maria' })}\n` };
  /** The hand-over takes every lock; what a server says when this deploy wants its own back. */
  const takeover = (answer: (server: string) => string) => {
    const retaken = new Set<string>();
    bench.fake.intercept((line) => {
      const [server = '', word = ''] = line.split(' ');
      if (!bench.fake.log.some((one) => one.startsWith('hand'))) return undefined;
      if (word === 'lock') retaken.add(server);
      if (word === 'lock') return { stdout: answer(server) };
      return word === 'keep' && !retaken.has(server) ? preempted : undefined;
    });
  };

  it('are taken back, and the deploy goes on under its new tokens', async () => {
    takeover(() => 'taken 9\n');
    expect((await bench.run(fleet('2'))).outcome).toBe('done');
    const up = bench.fake.fleet.commands.findLast(
      ({ server, command }) => server === 'app1' && command.argv[5]?.startsWith('9-db'),
    );
    expect(up).toBeDefined();
  });

  it('tell by their tokens that somebody else held them in between', async () => {
    takeover(() => 'taken 10\n');
    expect((await bench.run(fleet('2'))).reason?.code).toBe('DEPLOY_LOCK_LOST');
    expect(order()).not.toContain('app1 up db');
  });

  it('stay with a failover that came between', async () => {
    const held = `held\n${JSON.stringify({ kind: 'failover', holder: 'ops', reason: 'db1' })}\n`;
    takeover((server) => (server === 'app1' ? held : 'taken 9\n'));
    expect((await bench.run(fleet('2'))).reason?.code).toBe('DEPLOY_PREEMPTED');
    expect(order()).not.toContain('app1 up db');
  });
});

describe('settings of which a replica must not have less than its primary', () => {
  it('are raised on replicas first', async () => {
    await bench.run(fleet('2', { connections: 200 }));
    expect(order()).toEqual(['app2 up db', 'hand over db to app2', 'app1 up db']);
  });

  it('are lowered on the primary first, in place', async () => {
    await bench.run(fleet('2', { connections: 50 }));
    expect(order()).toEqual(['app1 up db', 'app2 up db']);
  });

  it('are not lowered on a replica whose primary keeps more', async () => {
    bench.fake.servers['app1']!.hold = 'frozen';
    const report = await bench.run(fleet('2', { connections: 50 }));
    expect(report.reason?.code).toBe('DEPLOY_PRIMARY_FIRST');
    expect(order()).toEqual([]);
  });
});

describe('the forecast of a restart', () => {
  const costs = async (tree: Tree) =>
    (await planDeploy({ fleet: bench.fake.fleet, tree })).costs.map(({ server, unavailability }) => [
      server,
      unavailability.split(' ').slice(0, 2).join(' '),
    ]);

  it('says where writes pause, by who is primary now', async () => {
    bench.lead('app2', MEMBERS);
    expect(await costs(fleet('2'))).toEqual([
      ['app1', 'none for'],
      ['app2', 'writes pause'],
    ]);
  });

  it('says how long a primary is away that nobody can relieve, or that must go first', async () => {
    expect(await costs(fleet('2', { connections: 50 }))).toEqual([
      ['app1', 'restart: about'],
      ['app2', 'none for'],
    ]);
    bench.lead('app1', ['app1']);
    bench.fake.servers['app2']!.guards.clear();
    bench.fake.servers['app2']!.hold = 'broken';
    expect(await costs(fleet('2'))).toEqual([['app1', 'restart: about']]);
  });
});

describe('an image of another series', () => {
  it('is refused before anything is locked', async () => {
    const report = await bench.run(fleet('2', { image: 'postgres:18.0@sha256:abc' }));
    expect(report.reason?.code).toBe('DEPLOY_MAJOR_VERSION');
    expect(bench.fake.log.filter((line) => !line.endsWith('observe'))).toEqual([]);
  });

  it('is one only where the engine says so', async () => {
    expect((await bench.run(fleet('2', { image: 'postgres:17.9' }))).outcome).toBe('done');
  });
});

describe('another authority over a database', () => {
  const REFUSED = { code: 'DEPLOY_CONTROL_CHANGED', done: [] };
  const outcomeOf = async (tree: Tree) => {
    const { reason } = await bench.run(tree);
    return { code: reason?.code, done: bench.fake.log.filter((line) => !line.endsWith('observe')) };
  };
  const patroni = () => fleet('2', { control: 'patroni' });

  it('is refused before anything is locked, by the records of the guards', async () => {
    expect(await outcomeOf(patroni())).toEqual(REFUSED);
    await expect(planDeploy({ fleet: bench.fake.fleet, tree: patroni() })).rejects.toMatchObject({
      code: 'DEPLOY_CONTROL_CHANGED',
    });
  });

  it('is refused by what is deployed, while no guard answers, and for a server that holds no data', async () => {
    await bench.run(fleet('1b', { control: 'guard', isTold: true }));
    for (const server of Object.values(bench.fake.servers)) server.guards.clear();
    bench.fake.clear();
    expect(await outcomeOf(fleet('2', { control: 'patroni', isTold: true }))).toEqual(REFUSED);
    const only = { fleet: bench.fake.fleet, tree: fleet('2', { control: 'patroni', isTold: true }), only: ['lb'] };
    await expect(planDeploy(only)).rejects.toMatchObject({ code: 'DEPLOY_CONTROL_CHANGED' });
  });

  it('is refused by the word of a guard while no member can be asked', async () => {
    bench.lead('app1', ['lb'], 'patroni');
    bench.fake.intercept((line) => (/^app. observe$/.test(line) ? 'unreachable' : undefined));
    expect(await outcomeOf(fleet('2'))).toEqual(REFUSED);
  });

  it('is nothing to refuse where the database was never deployed', async () => {
    const empty = deployBench();
    empty.lead('nobody', ['lb'], 'patroni');
    const tree = fleet('1');
    expect((await planDeploy({ fleet: empty.fake.fleet, tree })).waves).not.toEqual([]);
  });
});

describe('a database that decides by consensus', () => {
  it('is handed over in the same way, and its members are repaired together when none is primary', async () => {
    const tree = (version: string) => fleet(version, { control: 'patroni' });
    bench.lead('app1', MEMBERS, 'patroni');
    await bench.run(tree('5'));
    expect(order()).toEqual(['app2 up db', 'hand over db to app2', 'app1 up db']);
    bench.lead('nobody', MEMBERS, 'patroni');
    bench.fake.clear();
    await bench.run(tree('6'));
    const waves = bench.events.flatMap((event) => (event.kind === 'wave' ? [event.servers.join()] : []));
    expect(waves.at(-1)).toBe('app1,app2');
  });
});
