import { describe, expect, it } from 'vitest';

import { factsOf, onlineReplicas, parseInfo, parseWritten } from './redis-facts.ts';
import type { DataRole } from './redis-facts.ts';
import { majorityOf } from './redis-sentinels.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NONE = '0'.repeat(40);

const written = (role: DataRole) => parseWritten(`state=running\nrole=${role}\nstart_id=s1\n`);
const primary = (more: Readonly<Record<string, string>> = {}) =>
  new Map(
    Object.entries({
      loading: '0',
      role: 'master',
      master_replid: A,
      master_repl_offset: '100',
      master_replid2: NONE,
      second_repl_offset: '-1',
      ...more,
    }),
  );
const replica = (link: 'up' | 'down') =>
  primary({
    role: 'slave',
    master_link_status: link,
    slave_repl_offset: '90',
    master_last_io_seconds_ago: link === 'up' ? '1' : '-1',
  });

describe('factsOf', () => {
  it('calls a primary without a port one that lies still', () => {
    expect(factsOf({ info: primary(), isListening: true }, written('primary')).role).toBe('primary');
    expect(factsOf({ info: primary(), isListening: false }, written('primary')).role).toBe('none');
  });

  it('takes a replica that was started again, and says master, for the replica that it is', () => {
    const facts = factsOf({ info: primary(), isListening: false }, written('replica'));
    expect(facts).toMatchObject({ state: 'running', role: 'replica', streaming: false });
  });

  it('knows no data where a replica was never filled, until it is', () => {
    expect(factsOf({ info: replica('down'), isListening: true }, written('fresh'))).toMatchObject({
      state: 'empty',
      role: 'none',
    });
    expect(factsOf({ info: replica('up'), isListening: true }, written('fresh'))).toMatchObject({
      state: 'running',
      role: 'replica',
    });
  });

  it('cannot tell while the data are being loaded', () => {
    expect(factsOf({ info: primary({ loading: '1' }), isListening: true }, written('primary')).state).toBe('unknown');
  });

  it('gives what a replica applied, and how long its primary has been silent', () => {
    expect(factsOf({ info: replica('up'), isListening: true }, written('replica'))).toEqual({
      state: 'running',
      role: 'replica',
      streaming: true,
      lagMs: 1_000,
      position: { kind: 'offset', id: A, offset: '90' },
      startId: 's1',
    });
  });

  it('counts the former history up to the byte before the next one', () => {
    const info = primary({ master_replid2: B, second_repl_offset: '51' });
    expect(factsOf({ info, isListening: true }, written('primary')).position).toEqual({
      kind: 'offset',
      id: A,
      offset: '100',
      formerId: B,
      formerOffset: '50',
    });
  });

  it('believes the Sentinels, not the engine, about who reigns', () => {
    expect(factsOf({ info: primary(), isListening: true }, written('replica'), true).role).toBe('primary');
    expect(factsOf({ info: primary(), isListening: true }, written('primary'), false).role).toBe('none');
  });
});

describe('parseInfo', () => {
  it('reads fields whose values hold colons, and the replicas that stream', () => {
    const info = parseInfo(
      '# Replication\r\nrole:master\r\nslave0:ip=2001:db8::1,port=6379,state=online,offset=1,lag=0\r\nslave1:ip=192.0.2.2,port=6379,state=wait_bgsave,offset=0,lag=0\r\n',
    );
    expect(info.get('role')).toBe('master');
    expect(onlineReplicas(info)).toEqual(['2001:db8::1:6379']);
  });
});

describe('parseWritten', () => {
  it('gives nothing where nothing was written', () => {
    expect(parseWritten(undefined)).toMatchObject({ facts: { state: 'unknown' }, dataRole: undefined });
    expect(parseWritten('state=empty\ninit_allowed=1\n').facts).toMatchObject({ state: 'empty', initAllowed: true });
  });
});

describe('majorityOf', () => {
  const word = (address: string, at: number) => ({ address, at });
  it('needs more than half of all Sentinels, by fresh words', () => {
    const two = [word('x', 900), word('x', 1_000)];
    expect(majorityOf(two, { total: 3, now: 1_000 })).toBe('x');
    expect(majorityOf(two, { total: 3, now: 2_450 })).toBeUndefined();
    expect(majorityOf([word('x', 1_000)], { total: 3, now: 1_000 })).toBeUndefined();
    expect(majorityOf([word('x', 1_000), word('y', 1_000)], { total: 3, now: 1_000 })).toBeUndefined();
    expect(majorityOf([word('x', 1_000), word('y', 1_000), word('y', 1_000)], { total: 3, now: 1_000 })).toBe('y');
  });
});
