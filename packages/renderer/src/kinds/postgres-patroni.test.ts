import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, serverOf, service, textOf, unitOf } from '../../test/fleets.ts';

const AUTOMATIC = 'failover: automatic, voters: [a, b, c]';
const render = (...services: readonly string[]) => renderText(fleetOf(...services));
const tree = render(
  service.postgres('db', 'primary: a, replicas: [b]', `, ${AUTOMATIC}`),
  service.app('app', 'd', ', uses: [db]'),
);

describe('a database under Patroni', () => {
  it('has etcd on each voter, and nowhere else', () => {
    const withEtcd = tree.servers.filter(({ units }) => units.some(({ kind }) => kind === 'etcd'));
    expect(withEtcd.map(({ server }) => server)).toEqual(['a', 'b', 'c']);
    expect(unitOf(tree, 'c', 'etcd').publishes.map(({ address, port }) => `${address}:${port}`)).toEqual([
      '192.0.2.3:2379',
      '192.0.2.3:2380',
    ]);
  });

  it('shares one etcd among all of them', () => {
    const both = render(
      service.postgres('db', 'primary: a, replicas: [b]', `, ${AUTOMATIC}`),
      service.postgres('log', 'primary: b, replicas: [c]', `, ${AUTOMATIC}, port: 5433`),
    );
    expect(serverOf(both, 'b').units.filter(({ kind }) => kind === 'etcd')).toHaveLength(1);
    const scopeOf = (name: string) =>
      /^scope: (.*)$/m.exec(textOf(both, 'b', `services/${name}/config/10-node.yaml`))?.[1];
    expect([scopeOf('db'), scopeOf('log')]).toEqual(['test-db', 'test-log']);
  });

  it('publishes one port of Patroni, so that two of them on one server are seen to collide', () => {
    const both = render(
      service.postgres('db', 'primary: a, replicas: [b]', `, ${AUTOMATIC}`),
      service.postgres('log', 'primary: b, replicas: [c]', `, ${AUTOMATIC}, port: 5433`),
    );
    const onB = ['db', 'log'].map((name) => unitOf(both, 'b', name).publishes.map(({ port }) => port));
    expect(onB).toEqual([
      [5432, 8008],
      [5433, 8008],
    ]);
  });

  it('starts after the etcd of its server', () => {
    expect(unitOf(tree, 'a', 'db').after).toEqual(['etcd', 'guard']);
  });

  it('has no etcd while a person decides', () => {
    const manual = render(service.postgres('db', 'primary: a, replicas: [b]'));
    expect(manual.servers.flatMap(({ units }) => units.filter(({ kind }) => kind === 'etcd'))).toEqual([]);
  });

  it('restarts for what only a restart applies, and re-reads the rest', () => {
    const effects = Object.fromEntries(
      serverOf(tree, 'a').files.flatMap(({ path, effect }) =>
        path.startsWith('services/db/') ? [[path.slice('services/db/'.length), effect]] : [],
      ),
    );
    expect(effects).toMatchObject({
      'config/10-node.yaml': 'restart',
      'config/20-live.yaml': 'reload',
      'shared/10-restart.yaml': 'restart',
      'shared/20-live.yaml': 'reload',
      'bootstrap.yaml': 'none',
    });
  });

  it('admits its members to ask it what it is, and carries no password in a file', () => {
    expect(textOf(tree, 'a', 'services/db/config/20-live.yaml')).toContain(
      'host postgres flotilla_replication 192.0.2.2/32 scram-sha-256',
    );
    expect(
      serverOf(tree, 'a').files.filter(({ path, text }) => path.endsWith('.yaml') && /password:/i.test(text)),
    ).toEqual([]);
  });

  it('waits for a second copy as far as the environment says', () => {
    const shared = (more: string) =>
      textOf(
        render(service.postgres('db', 'primary: a, replicas: [b]', `, ${AUTOMATIC}${more}`)),
        'a',
        'services/db/shared/20-live.yaml',
      );
    expect(shared('')).toContain('synchronous_mode: false\nsynchronous_mode_strict: false\n');
    expect(shared(', synchronous: preferred')).toContain('synchronous_mode: true\nsynchronous_mode_strict: false\n');
    expect(shared(', synchronous: strict')).toContain('synchronous_mode: true\nsynchronous_mode_strict: true\n');
  });
});
