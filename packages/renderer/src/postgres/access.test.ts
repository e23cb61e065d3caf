import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, textOf } from '../../test/fleets.ts';

function accessOf(server: string, file: string, ...services: readonly string[]): readonly string[] {
  const text = textOf(renderText(fleetOf(...services)), server, `services/db/${file}`);
  return text.trimEnd().split('\n').slice(1);
}

const LOCAL = ['local all postgres peer', 'local all flotilla_guard scram-sha-256'];
const OURS = 'host "orders" postgres,flotilla_guard,flotilla_replication all reject';
const DATABASE = service.postgres('db', 'primary: a, replicas: [b, c]');

describe('access to a database', () => {
  it('admits the guard alone while closed', () => {
    expect(accessOf('a', 'pg_hba.closed.conf', DATABASE, service.app('app', 'd', ', uses: [db]'))).toEqual(LOCAL);
  });

  it('admits the other members and, per database, the servers of its clients', () => {
    const services = [DATABASE, service.app('app', 'd', ', uses: [db]'), service.app('other', 'd')];
    expect(accessOf('b', 'pg_hba.open.conf', ...services)).toEqual([
      ...LOCAL,
      'host replication flotilla_replication 192.0.2.1/32 scram-sha-256',
      'host replication flotilla_replication 192.0.2.3/32 scram-sha-256',
      OURS,
      'host "orders" all 192.0.2.4/32 scram-sha-256',
    ]);
  });

  it('admits a client on the same server by the container network', () => {
    const services = [service.postgres('db', 'primary: a'), service.worker('queue', 'a, d', ', uses: [db]')];
    expect(accessOf('a', 'pg_hba.open.conf', ...services)).toEqual([
      ...LOCAL,
      OURS,
      'host "orders" all samenet scram-sha-256',
      'host "orders" all 192.0.2.4/32 scram-sha-256',
    ]);
  });

  it('admits the networks that its own port is open to, and never the world', () => {
    const opened = service.postgres('db', 'primary: a', ', open: { 5432: { from: [203.0.113.0/24] } }');
    expect(accessOf('a', 'pg_hba.open.conf', opened)).toEqual([
      ...LOCAL,
      OURS,
      'host "orders" all 203.0.113.0/24 scram-sha-256',
    ]);
    const exposed = service.postgres('db', 'primary: a', ', public: [5432]');
    expect(accessOf('a', 'pg_hba.open.conf', exposed)).toEqual(LOCAL);
  });

  it('admits nobody who does not use it', () => {
    expect(accessOf('a', 'pg_hba.open.conf', service.postgres('db', 'primary: a'), service.app('app', 'd'))).toEqual(
      LOCAL,
    );
  });
});
