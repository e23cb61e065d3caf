import { describe, expect, it } from 'vitest';

import { hasApplied } from './mariadb-state.ts';
import { factsOf } from './mysql-state.ts';
import type { MysqlState } from './mysql-state.ts';
import type { SqlSession } from './sql-session.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const B = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

const PRIMARY: MysqlState = {
  pidFile: '/var/run/mysqld/5b2c.pid',
  isReadOnly: false,
  isOffline: false,
  executed: `${A}:1-9,\n${B}:1-2`,
  origin: A,
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

const REPLICA: MysqlState = {
  ...PRIMARY,
  isReadOnly: true,
  sourceHost: '192.0.2.71',
  sourcePort: 3306,
  receiver: 'ON',
  applier: 'ON',
  received: `${A}:10-12`,
  hasApplied: false,
  lagMs: 250,
};

const session: SqlSession = {
  // The rows are what the one question that is asked here gives.
  query: <Row>() => Promise.resolve([{ Host: 'db2' }] as unknown as readonly Row[]),
  close: () => undefined,
};

const facts = (state: MysqlState) => factsOf(state, session, undefined);

describe('the facts of a MySQL', () => {
  it('name the start that answered and the transactions without white space', async () => {
    expect(await facts(PRIMARY)).toEqual({
      state: 'running',
      role: 'primary',
      startId: '5b2c',
      position: { kind: 'gtid-set', executed: `${A}:1-9,${B}:1-2`, origin: A },
      systemIdentifier: 'id',
      admits: true,
    });
  });

  it('say of a primary that has closed to clients alone that it still may write', async () => {
    expect(await facts({ ...PRIMARY, isOffline: true })).toMatchObject({ role: 'primary', admits: false });
    expect(await facts({ ...PRIMARY, isOffline: true, isReadOnly: true })).toMatchObject({ role: 'none' });
  });

  it('leave a replica its role while its threads rest, and count what it received', async () => {
    expect(await facts(REPLICA)).toMatchObject({
      role: 'replica',
      streaming: true,
      lagMs: 250,
      position: { received: `${A}:10-12` },
    });
    expect(await facts({ ...REPLICA, receiver: 'OFF' })).toMatchObject({ role: 'replica', streaming: false });
    expect(await facts({ ...REPLICA, hasApplied: true })).toMatchObject({ lagMs: 0 });
  });
});

describe('a MariaDB replica', () => {
  it.each([
    ['0-1-9', '0-1-9', true],
    ['0-1-9', '0-1-8', false],
    ['0-2-9', '0-1-12', true],
    ['0-1-9,1-1-3', '0-1-9', false],
    ['', '', true],
  ])('that received %s and applied %s has applied all: %s', (Gtid_IO_Pos, Gtid_Slave_Pos, expected) => {
    expect(hasApplied({ Gtid_IO_Pos, Gtid_Slave_Pos })).toBe(expected);
  });
});
