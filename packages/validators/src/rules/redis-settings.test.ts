import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { redisSettings } from './redis-settings.ts';

const store = (more: string, replicas = 'b') =>
  fleet({
    services: `  store: { kind: redis, image: IMAGE, primary: a, replicas: [${replicas}], memory: 1GiB${more === '' ? '' : `, ${more}`} }`,
  });
const codes = (more: string, replicas?: string) =>
  redisSettings.check(parse(store(more, replicas))).map(({ code }) => code);

describe('redis-settings', () => {
  it.each([
    ['', 'b'],
    ['tuning: { maxmemory: 600mb, maxmemory-policy: noeviction, save: "900 1", io-threads: 2 }', 'b'],
    ['tuning: { maxmemory-policy: volatile-lru }', 'b'],
    ['tuning: { appendfsync: always, no-appendfsync-on-rewrite: no, save: "", search-timeout: 100 }', 'b'],
    ['tuning: { loadmodule: /modules/x.so, slave-lazy-flush: yes }', 'b'],
    ['minReplicasToWrite: 1', 'b, c'],
    ['failover: automatic', 'b, c'],
  ])('accepts { %s } with replicas [%s]', (more, replicas) => {
    expect(codes(more, replicas)).toEqual([]);
  });

  it.each([
    'appendonly: no',
    'protected-mode: no',
    'requirepass: x',
    'port: 1',
    'replicaof: "a 1"',
    'replica-priority: 0',
    'slave-priority: 0',
    'slave-read-only: no',
    'replica-announced: no',
    'min-slaves-to-write: 0',
    'min-replicas-max-lag: 0',
    'tls-replication: yes',
    'shutdown-on-sigterm: now',
  ])('refuses %s, at its name', (setting) => {
    const text = store(`tuning: { ${setting} }`);
    const name = setting.split(':')[0] ?? '';
    expect(found(redisSettings, text)).toEqual([`VALIDATE_SETTING_OWNED ${place(text, `${name}:`)}`]);
  });

  it('warns of a policy that throws live keys away, and of that alone', () => {
    const text = store('tuning: { maxmemory-policy: allkeys-lru }');
    expect(found(redisSettings, text)).toEqual([`VALIDATE_REDIS_EVICTION ${place(text, 'allkeys-lru')}`]);
  });

  it.each(['0', '900mb', '1gb'])('refuses maxmemory %s in 1GiB', (maxmemory) => {
    const text = store(`tuning: { maxmemory: ${maxmemory} }`);
    expect(found(redisSettings, text)).toEqual([`VALIDATE_REDIS_MEMORY ${place(text, `${maxmemory} }`)}`]);
  });

  it.each([
    ['maxmemory: much', 'no size'],
    ['maxmemory: 1GiB', 'no size'],
    ['repl-backlog-size: -1', 'no size'],
    ['maxclients: many', 'no whole number'],
    ['maxclients: 0', 'out of range'],
    ['timeout: 1.5', 'no whole number'],
    ['activerehashing: on', 'neither yes nor no'],
    ['maxmemory-policy: lru', 'none of its words'],
    ['appendfsync: sometimes', 'none of its words'],
  ])('refuses %s, which Redis would not start with', (setting, why) => {
    const text = store(`tuning: { ${setting} }`);
    expect(found(redisSettings, text)).toEqual([`VALIDATE_SETTING_VALUE ${place(text, `${setting.split(' ')[1]} }`)}`]);
    expect(redisSettings.check(parse(text))[0]?.message).toContain(why);
  });

  it('accepts every way of writing what Redis takes', () => {
    const tuning = 'repl-backlog-size: 64MB, maxclients: 4294967295, slowlog-log-slower-than: -1, activerehashing: NO';
    expect(
      codes(`tuning: { ${tuning}, list-max-listpack-size: -2, loglevel: Notice, client-query-buffer-limit: 1gb }`),
    ).toEqual([]);
  });

  it('knows the words of the known series alone', () => {
    const text = store('tuning: { maxmemory-policy: allkeys-lrm }').replace(/image: [^,]+/, 'image: redis:8.4.0');
    expect(redisSettings.check(parse(text)).map(({ code }) => code)).toEqual(['VALIDATE_REDIS_EVICTION']);
  });

  it('takes four fifths exactly', () => {
    expect(codes(`tuning: { maxmemory: ${Math.floor(2 ** 30 * 0.8)} }`)).toEqual([]);
    expect(codes(`tuning: { maxmemory: ${Math.floor(2 ** 30 * 0.8) + 1} }`)).toEqual(['VALIDATE_REDIS_MEMORY']);
  });

  it.each([
    'appendfsync: no',
    'appendfsync: false',
    'no-appendfsync-on-rewrite: yes',
    'replica-ignore-disk-write-errors: yes',
  ])('warns of %s, which gives up writes, at the value', (setting) => {
    const text = store(`tuning: { ${setting} }`);
    expect(found(redisSettings, text)).toEqual([
      `VALIDATE_SETTING_LOSSY ${place(text, `${setting.split(' ')[1]} } }`)}`,
    ]);
  });

  it('rejects a name that Redis does not have, and only doubts it in another series', () => {
    const text = store('tuning: { maxmemory-polcy: noeviction }');
    expect(found(redisSettings, text)).toEqual([`VALIDATE_SETTING_UNKNOWN ${place(text, 'maxmemory-polcy')}`]);
    expect(redisSettings.check(parse(text))[0]?.hint).toContain('"maxmemory-policy"');
    const other = (tag: string) =>
      redisSettings.check(parse(text.replace(/image: [^,]+/, `image: redis:${tag}`))).map(({ code }) => code);
    expect(other('7.4.2')).toEqual(['VALIDATE_SETTING_UNSURE']);
    expect(other('8.0.2')).toEqual(['VALIDATE_SETTING_UNKNOWN']);
  });

  it('warns of an automatic pair, whose primary needs nobody for a write', () => {
    expect(codes('failover: automatic, voters: [a, b, c]')).toEqual(['VALIDATE_REDIS_SPLIT']);
    expect(codes('failover: automatic, minReplicasToWrite: 0', 'b, c')).toEqual(['VALIDATE_REDIS_SPLIT']);
    expect(codes('failover: automatic, minReplicasToWrite: 1, voters: [a, b, c]')).toEqual([]);
  });
});
