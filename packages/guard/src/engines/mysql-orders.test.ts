import { expect, test } from 'vitest';

import { close, follow, open } from './mysql-orders.ts';
import type { MysqlState } from './mysql-state.ts';
import type { SqlSession } from './sql-session.ts';

const CLOSED: MysqlState = {
  pidFile: '/var/run/mysqld/5b2c.pid',
  isReadOnly: true,
  isOffline: true,
  executed: '',
  origin: '3e11fa47-71ca-11e1-9e33-c80aa9429562',
  systemIdentifier: 'id',
  sourceHost: null,
  sourcePort: null,
  receiver: null,
  applier: null,
  received: null,
  hasApplied: true,
  lagMs: undefined,
  waits: false,
  isWaiting: false,
  confirming: 0,
  stuck: 0,
  confirms: false,
};
const OPEN: MysqlState = { ...CLOSED, isReadOnly: false, isOffline: false, waits: true };
const FOLLOWING: MysqlState = {
  ...CLOSED,
  isOffline: false,
  sourceHost: '192.0.2.71',
  sourcePort: 3306,
  receiver: 'ON',
  applier: 'ON',
};
const UPSTREAM = { host: '192.0.2.72', port: 3306 };

/** A session that keeps what it was told, without values, and refuses what `refuses` matches. */
function record(refuses?: RegExp): { readonly session: SqlSession; readonly told: string[] } {
  const told: string[] = [];
  const query: SqlSession['query'] = (sql) => {
    told.push(sql.trim().split(/\s+/).slice(0, 4).join(' '));
    return refuses?.test(sql) === true ? Promise.reject(new Error('no')) : Promise.resolve([]);
  };
  return { session: { query, close: () => undefined }, told };
}

test('clients are cut before a commit that waits for a replica is let go', async () => {
  const { session, told } = record();
  expect(await close(session, OPEN)).toBe(true);
  expect(told).toEqual([
    'SET GLOBAL offline_mode =',
    'SET GLOBAL rpl_semi_sync_source_enabled =',
    'SET GLOBAL super_read_only =',
  ]);
});

test('what does not become read-only is not closed', async () => {
  expect(await close(record(/super_read_only/).session, OPEN)).toBe(false);
});

test('what is closed already costs nothing', async () => {
  const { session, told } = record();
  expect(await close(session, CLOSED)).toBe(true);
  await open(session, { ...OPEN, waits: false }, undefined);
  await follow(session, FOLLOWING, {
    upstream: { host: '192.0.2.71', port: 3306 },
    password: 'x',
    synchronous: undefined,
  });
  expect(told).toEqual([]);
});

test('a primary waits for its replicas before anybody is let in', async () => {
  const { session, told } = record();
  await open(session, CLOSED, 'strict');
  expect(told[0]).toBe('SET GLOBAL rpl_semi_sync_source_enabled =');
  expect(told.at(-1)).toBe('SET GLOBAL offline_mode =');
});

test('who follows somebody is not opened', async () => {
  const { session, told } = record();
  await open(session, FOLLOWING, undefined);
  expect(told).toEqual([]);
});

test('a replica turns to another source', async () => {
  const { session, told } = record();
  await follow(session, CLOSED, { upstream: UPSTREAM, password: 'x', synchronous: undefined });
  expect(told).toEqual([
    'STOP REPLICA',
    'CHANGE REPLICATION SOURCE TO',
    'START REPLICA USER =',
    'SET GLOBAL offline_mode =',
  ]);
});

test('a replica that does not confirm begins its stream anew under a synchronous service', async () => {
  const { session, told } = record();
  const upstream = { host: '192.0.2.71', port: 3306 };
  await follow(session, FOLLOWING, { upstream, password: 'x', synchronous: 'strict' });
  expect(told).toEqual(['STOP REPLICA IO_THREAD', 'START REPLICA USER =']);
});
