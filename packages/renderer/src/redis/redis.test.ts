import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, serverOf, service, textOf, unitOf } from '../../test/fleets.ts';
import { redisLine } from './settings.ts';

const redis = (more = '', members = 'primary: a, replicas: [b, c]') =>
  `store: { kind: redis, image: redis:8, ${members}, memory: 1GiB${more} }`;
const automatic = (more = '') => redis(`, failover: automatic${more}`);
const conf = (text: string, file: string) => textOf(renderText(fleetOf(text)), 'a', `services/store/${file}`);

describe('settings of a Redis', () => {
  it('leave room for a fork and for replicas, and say so in the file that is reloaded', () => {
    const lines = conf(redis(), 'reload.conf').split('\n');
    expect(lines).toContain('maxmemory 614mb');
    expect(lines).toContain('maxmemory-policy noeviction');
    expect(lines).toContain('client-output-buffer-limit replica 128mb 64mb 60');
    expect(lines).toContain('min-replicas-to-write 0');
  });

  it('are reloaded when they always have a value, and restarted for when removing one must bring its default back', () => {
    const text = redis(', tuning: { maxmemory: 100mb, io-threads: 2 }');
    expect(conf(text, 'reload.conf')).toContain('\nmaxmemory 100mb\n');
    expect(conf(text, 'reload.conf')).not.toContain('io-threads');
    expect(conf(text, 'restart.conf')).toContain('\nio-threads 2\n');
  });

  it('ask for a replica per write when Sentinels decide and more than one is there', () => {
    expect(conf(automatic(), 'reload.conf')).toContain('\nmin-replicas-to-write 1\n');
    expect(conf(automatic(', minReplicasToWrite: 2'), 'reload.conf')).toContain('\nmin-replicas-to-write 2\n');
    const pair = redis(', failover: automatic, voters: [a, b, c]', 'primary: a, replicas: [b]');
    expect(conf(pair, 'reload.conf')).toContain('\nmin-replicas-to-write 0\n');
  });

  it.each([
    ['save', '900 1 300 10', 'save 900 1 300 10'],
    ['save', '', 'save ""'],
    ['activedefrag', true, 'activedefrag yes'],
    ['proc-title-template', '{title} "x" \\', 'proc-title-template "{title} \\"x\\" \\\\"'],
  ])('%s: %s is written as %s', (name, value, line) => {
    expect(redisLine(name, value)).toBe(line);
  });
});

describe('Sentinels', () => {
  it('stand on the voters, the members when none are written', () => {
    const tree = renderText(fleetOf(automatic()));
    expect(
      ['a', 'b', 'c', 'd'].map((server) => serverOf(tree, server).units.some(({ kind }) => kind === 'sentinel')),
    ).toEqual([true, true, true, false]);
    const elsewhere = renderText(
      fleetOf(redis(', failover: automatic, voters: [a, b, d]', 'primary: a, replicas: [b]')),
    );
    expect(unitOf(elsewhere, 'd', 'store-sentinel').publishes).toEqual([
      { address: '192.0.2.4', port: 26379, containerPort: 26379 },
    ]);
  });

  it('do not exist where a person decides', () => {
    const tree = renderText(fleetOf(redis()));
    expect(tree.servers.flatMap(({ units }) => units).filter(({ kind }) => kind === 'sentinel')).toEqual([]);
    expect(textOf(tree, 'a', 'services/store/compose.yaml')).not.toContain('FLOTILLA_SENTINELS');
  });

  it.each([
    ['', 5_000, 15_000],
    [', rto: 12s', 10_000, 30_000],
    [', rto: 1s', 1_000, 15_000],
  ])('count a primary as down by rto (%s)', (rto, downAfterMs, timeoutMs) => {
    const text = textOf(renderText(fleetOf(automatic(rto))), 'a', 'services/store-sentinel/sentinel.conf');
    expect(text).toContain(`\nsentinel down-after-milliseconds store ${downAfterMs}\n`);
    expect(text).toContain(`\nsentinel failover-timeout store ${timeoutMs}\n`);
  });

  it('are told to engines, guards and clients by the addresses of their servers', () => {
    const tree = renderText(fleetOf(automatic(), service.app('web', 'd', ', uses: [store]')));
    const three = ['192.0.2.1:26379', '192.0.2.2:26379', '192.0.2.3:26379'];
    expect(textOf(tree, 'a', 'services/store/compose.yaml')).toContain(`FLOTILLA_SENTINELS: ${three.join(' ')}\n`);
    expect(JSON.parse(textOf(tree, 'd', 'services/guard/guard.json'))).toMatchObject({
      services: [{ sentinels: three }],
    });
    const web = textOf(tree, 'd', 'services/web/compose.yaml');
    expect(web).toContain(`STORE_SENTINELS: ${three.join(',')}\n`);
    expect(web).toContain('STORE_SENTINEL_MASTER: store\n');
  });

  it('start before the member on their server, with its password', () => {
    const tree = renderText(fleetOf(automatic()));
    expect(unitOf(tree, 'a', 'store').after).toContain('store-sentinel');
    expect(unitOf(tree, 'a', 'store-sentinel').secretFiles).toEqual(['store-superuser']);
    expect(unitOf(tree, 'a', 'guard').secretFiles).toEqual(['store-superuser']);
  });
});
