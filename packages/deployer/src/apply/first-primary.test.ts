import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
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
  const fill = () => {
    mkdirSync(data('pgdata'), { recursive: true });
    writeFileSync(data('pgdata', 'PG_VERSION'), '17');
  };

  it('a disk counts as empty only when it can be seen to be', async () => {
    expect((await run(ASK_GUARD, '7420', 'db', data())).stdout).toBe('none\nempty\n');
    fill();
    expect((await run(ASK_GUARD, '7420', 'db', data())).stdout).toBe('none\ndata\n');
    server.install('sudo', 'exit 1');
    expect((await run(ASK_GUARD, '7420', 'other', data('nothing'))).stdout).toBe('none\ndata\n');
  });

  it('the permission to initialise is not given over data', async () => {
    expect((await run(ALLOW_INIT, data())).exitCode).toBe(0);
    expect(existsSync(data('init-allowed'))).toBe(true);
    fill();
    expect((await run(ALLOW_INIT, data())).exitCode).toBe(1);
  });
});
