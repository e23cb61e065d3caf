import { createServer } from 'node:net';
import type { Server } from 'node:net';

import { remoteScript, spawnRunner } from '@flotilla/exec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DRAIN, parseEdgeState, UNDRAIN, UNDRAIN_ON_TRIAL } from './haproxy.ts';

let balancer: Server;
let port = '';
let orders: string[];
/** Answers to the balancer's `show stat`, one after another; the last one stays. */
let stats: string[];

const stat = (sessions: number, status: string, check = 'L7OK') =>
  `# pxname,svname\nbe_web,app1,0,0,${sessions},1,,9,1,1,0,,0,,0,0,0,${status},1${','.repeat(18)}${check}\nbe_web,app2,0,0,5,1,,9,1,1,0,,0,,0,0,0,UP,1\n`;

beforeEach(async () => {
  orders = [];
  stats = [stat(0, 'UP')];
  balancer = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const order = data.toString().trim();
      const isStat = order.startsWith('show stat');
      if (!isStat) orders.push(order);
      if (isStat) socket.end((stats.length > 1 ? stats.shift() : stats[0]) ?? '');
      else socket.end(order.includes('/gone ') ? 'No such server.\n\n' : '\n');
    });
  });
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
  const address = balancer.address();
  port = String(typeof address === 'object' && address !== null ? address.port : 0);
});
afterEach(() => void balancer.close());

const run = (script: string, wait: string, ...entries: readonly string[]) =>
  spawnRunner().run({ argv: remoteScript(script, [port, wait, ...entries]), timeoutMs: 15_000 });

describe('draining', () => {
  it('orders maintenance and waits until the last session ended', async () => {
    stats = [stat(2, 'MAINT'), stat(1, 'MAINT'), stat(0, 'MAINT')];
    expect(await run(DRAIN, '10', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(orders).toEqual(['set server be_web/app1 state maint']);
    expect(stats).toHaveLength(1);
  });

  it('goes on after the deadline and says who still was busy', async () => {
    stats = [stat(3, 'MAINT')];
    expect((await run(DRAIN, '0', 'be_web/app1')).stdout).toBe('busy be_web/app1 3\n');
  });

  it('says which entries the balancer does not have', async () => {
    expect((await run(DRAIN, '1', 'be_web/gone', 'be_web/app1')).stdout).toBe('absent be_web/gone\n');
    expect(orders.at(-1)).toBe('set server be_web/app1 state maint');
  });

  it('says so when there is no balancer', async () => {
    port = '1';
    expect(await run(DRAIN, '1', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: 'absent be_web/app1\n' });
  });
});

describe('putting back', () => {
  it('waits until the balancer calls the entry up', async () => {
    stats = [stat(0, 'MAINT'), stat(0, 'DOWN 1/2'), stat(0, 'UP 1/3')];
    expect(await run(UNDRAIN, '10', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(orders).toEqual(['set server be_web/app1 state ready']);
    expect(stats).toHaveLength(1);
  });

  it('says which entry stayed down', async () => {
    stats = [stat(0, 'DOWN')];
    expect((await run(UNDRAIN, '0', 'be_web/app1')).stdout).toBe('down be_web/app1 DOWN\n');
  });
});

describe('putting back on trial', () => {
  it('counts an entry as down until the balancer itself calls it up', async () => {
    stats = [stat(0, 'MAINT'), stat(0, 'MAINT'), stat(0, 'DOWN'), stat(0, 'UP')];
    expect(await run(UNDRAIN_ON_TRIAL, '10', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(orders).toEqual(['set server be_web/app1 state ready; set server be_web/app1 health down']);
    expect(stats).toHaveLength(1);
  });

  it('leaves out the trial where the balancer has no check, because it would never end', async () => {
    stats = [stat(0, 'MAINT', ''), stat(0, 'MAINT', ''), stat(0, 'no check', '')];
    expect(await run(UNDRAIN_ON_TRIAL, '10', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(orders).toEqual(['set server be_web/app1 state ready']);
  });

  it('does nothing to an entry that is in rotation', async () => {
    expect(await run(UNDRAIN_ON_TRIAL, '10', 'be_web/app1')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(orders).toEqual([]);
  });
});

describe('parseEdgeState', () => {
  it('finds the entries that an order took out', () => {
    const text =
      '1\n# be_id be_name srv_id srv_name srv_admin_state\n3 be_web 1 app1 1\n3 be_web 2 app2 0\n3 be_web 3 app3 4\n';
    expect(parseEdgeState(text).map(({ entry, isMaintained }) => [entry, isMaintained])).toEqual([
      ['app1', true],
      ['app2', false],
      ['app3', false],
    ]);
  });

  it('takes anything else for no entries', () => {
    expect(parseEdgeState('')).toEqual([]);
    expect(parseEdgeState('Unknown command')).toEqual([]);
  });
});
