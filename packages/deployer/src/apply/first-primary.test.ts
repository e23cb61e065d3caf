import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { remoteScript } from '@flotilla/exec';
import { beforeEach, describe, expect, it, afterEach } from 'vitest';

import { deployBench } from '../../test/deploy-bench.ts';
import type { Bench } from '../../test/deploy-bench.ts';
import { localServer } from '../../test/local-server.ts';
import type { LocalServer } from '../../test/local-server.ts';
import { guardUnit, treeOf } from '../../test/trees.ts';
import { ALLOW_INIT, ASK_GUARD } from './first-primary.ts';

const database = { service: 'db', kind: 'postgres', tier: 'data' } as const;
const guard = guardUnit('db', ['app1', 'app2']);
const tree = { ...treeOf({ lb: [guard], app1: [guard, database], app2: [guard, database] }), environment: 'waybill' };

describe('the first deployment of a guarded database', () => {
  let bench: Bench;
  beforeEach(() => void (bench = deployBench()));
  const guarded = () => bench.fake.log.filter((line) => /ask-guard|allow-init|begin-term|up (db|guard)$/.test(line));

  it('names the preferred primary once guards run and before the database starts', async () => {
    expect((await bench.run(tree)).outcome).toBe('done');
    const lines = guarded();
    expect(lines.slice(0, 11)).toEqual([
      'app1 up guard',
      'app2 up guard',
      'lb up guard',
      'lb ask-guard',
      'app1 ask-guard',
      'app2 ask-guard',
      'app1 allow-init',
      'lb begin-term db app1',
      'app1 begin-term db app1',
      'app2 begin-term db app1',
      'app1 up db',
    ]);
  });

  it('waits for guards that only just started', async () => {
    let asked = 0;
    bench.fake.intercept((line) =>
      line === 'app2 ask-guard' && (asked += 1) < 4 ? { stdout: 'silent\nempty\n' } : undefined,
    );
    expect((await bench.run(tree)).outcome).toBe('done');
  });

  it('touches nothing when a member has data that no guard knows of', async () => {
    bench.fake.intercept((line) => (line === 'app2 ask-guard' ? { stdout: 'none\ndata\n' } : undefined));
    expect((await bench.run(tree)).reason?.code).toBe('DEPLOY_DATA_WITHOUT_TERM');
    expect(guarded().filter((line) => /allow-init|begin-term|up db/.test(line))).toEqual([]);
  });

  it('begins with data that were adopted for the preferred primary, and forgets that they were', async () => {
    bench.fake.intercept((line) => (line === 'app1 ask-guard' ? { stdout: 'none\nadopted\nnew\n' } : undefined));
    expect(await bench.run(tree)).toMatchObject({ outcome: 'done' });
    const orders = guarded().filter((line) => /allow-init|begin-term/.test(line));
    expect(orders.slice(0, 3)).toEqual(['lb begin-term db app1', 'app1 begin-term db app1', 'app2 begin-term db app1']);
    expect(orders.join()).not.toContain('allow-init');
    expect(bench.fake.log).toContain('app1 forget-adoption');
  });

  it('begins with nothing when data were adopted on another member', async () => {
    bench.fake.intercept((line) => (line === 'app2 ask-guard' ? { stdout: 'none\nadopted\nnew\n' } : undefined));
    expect((await bench.run(tree)).reason?.code).toBe('DEPLOY_DATA_WITHOUT_TERM');
  });

  it('chooses nobody while a guard is silent', async () => {
    bench.fake.intercept((line) => (line === 'lb ask-guard' ? { stdout: 'silent\nempty\n' } : undefined));
    expect((await bench.run(tree)).reason?.code).toBe('DEPLOY_GUARD_SILENT');
    expect(guarded().filter((line) => /allow-init|begin-term|up db/.test(line))).toEqual([]);
  });

  it('never lets a disk be initialised where a record exists', async () => {
    bench.fake.intercept((line) => {
      if (line === 'lb ask-guard') return { stdout: 'record\nempty\n' };
      return line === 'app2 ask-guard' ? { stdout: 'silent\nempty\n' } : undefined;
    });
    expect((await bench.run(tree)).outcome).toBe('done');
    const orders = guarded().filter((line) => /allow-init|begin-term/.test(line));
    expect(orders).toEqual(['app1 begin-term db app1', 'app1 begin-term db app1']);
  });

  it('does not start the database when a guard refuses', async () => {
    bench.fake.intercept((line) =>
      line.startsWith('app2 begin-term') ? { exitCode: 1, stdout: '{"code":"NO_MAJORITY"} 409' } : undefined,
    );
    expect((await bench.run(tree)).reason?.code).toBe('DEPLOY_GUARD_REFUSED');
    expect(guarded()).not.toContain('app1 up db');
  });
});

describe('the first deployment of a database that decides by consensus', () => {
  const elected = guardUnit('db', ['app1', 'app2'], 'patroni');
  const fleet = {
    ...treeOf({ lb: [elected], app1: [elected, database], app2: [elected, database] }),
    environment: 'waybill',
  };
  const begun = (bench: Bench) => bench.fake.log.filter((line) => /allow-init|begin-term|up db$/.test(line));

  it('lets the preferred primary alone initialise its disk, and speaks of no term', async () => {
    const bench = deployBench();
    expect((await bench.run(fleet)).outcome).toBe('done');
    expect(begun(bench)).toEqual(['app1 allow-init', 'app1 up db', 'app2 up db']);
  });

  it('lets nobody initialise once a member was deployed, nor while one cannot be asked', async () => {
    const bench = deployBench();
    bench.fake.intercept((line) => (line === 'app2 ask-guard' ? { stdout: 'none\nempty\ndeployed\n' } : undefined));
    expect((await bench.run(fleet)).outcome).toBe('done');
    expect(begun(bench)).toEqual(['app1 up db', 'app2 up db']);
    const silent = deployBench();
    silent.fake.intercept((line) => (line === 'app2 ask-guard' ? { exitCode: 1 } : undefined));
    expect((await silent.run(fleet)).reason?.code).toBe('DEPLOY_GUARD_SILENT');
    expect(begun(silent)).toEqual([]);
  });

  it('touches nothing when a member has data that were never deployed', async () => {
    const bench = deployBench();
    bench.fake.intercept((line) => (line === 'app2 ask-guard' ? { stdout: 'none\ndata\nnew\n' } : undefined));
    expect((await bench.run(fleet)).reason?.code).toBe('DEPLOY_DATA_WITHOUT_TERM');
    expect(begun(bench)).toEqual([]);
  });
});

describe('on the server', () => {
  let server: LocalServer;
  beforeEach(() => {
    server = localServer();
    server.install('sudo', 'shift; exec "$@"');
    server.install('curl', 'echo null');
  });
  afterEach(() => server.remove());
  const data = (...names: readonly string[]) => join(server.root, 'waybill', 'data', 'db', ...names);
  const run = (script: string, ...args: readonly string[]) =>
    server.run({ argv: remoteScript(script, args), timeoutMs: 10_000 });
  const ask = async (folder = data()) => (await run(ASK_GUARD, '7420', 'db', folder, data('current'))).stdout;
  const fill = () => {
    mkdirSync(data('mysql', 'shop'), { recursive: true });
    writeFileSync(data('mysql', 'shop', 'table.ibd'), '17');
  };

  it('a disk counts as empty only when it can be seen to be', async () => {
    expect(await ask()).toBe('none\nempty\nnew\n');
    mkdirSync(data('mysql'), { recursive: true });
    mkdirSync(data('lost+found'));
    writeFileSync(data('init-allowed'), '');
    expect(await ask()).toBe('none\nempty\nnew\n');
    fill();
    symlinkSync('releases/r1', data('current'));
    expect(await ask()).toBe('none\ndata\ndeployed\n');
    server.install('sudo', 'exit 1');
    expect(await ask(data('nothing'))).toBe('none\ndata\ndeployed\n');
  });

  it('the permission to initialise is not given over data', async () => {
    expect((await run(ALLOW_INIT, data())).exitCode).toBe(0);
    expect(existsSync(data('init-allowed'))).toBe(true);
    expect((await run(ALLOW_INIT, data())).exitCode).toBe(0);
    fill();
    expect((await run(ALLOW_INIT, data())).exitCode).toBe(1);
  });
});
