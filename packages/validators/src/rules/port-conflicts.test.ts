import { describe, expect, it } from 'vitest';

import { fleet, foundInTree, parse, place, treeOf, unit } from '../../test/support.ts';
import { portConflicts } from './port-conflicts.ts';

const text = fleet({
  services: [
    '  web: { kind: app, image: IMAGE, on: [a], port: 8080, memory: 1GiB }',
    '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: {}, public: [80], stats: 8404 }',
  ].join('\n'),
});
const publish = (published: Readonly<Record<string, readonly (readonly [string, number])[]>>, server = 'a') => ({
  tree: treeOf({
    [server]: Object.entries(published).map(([service, ports]) =>
      unit({ service, server, publishes: ports.map(([address, port]) => ({ address, port, containerPort: port })) }),
    ),
  }),
});

describe('port-conflicts', () => {
  it('accepts one port on two addresses, and different ports', () => {
    const tree = publish({
      web: [['192.0.2.1', 8080]],
      edge: [
        ['127.0.0.1', 8080],
        ['0.0.0.0', 80],
      ],
    });
    expect(foundInTree(portConflicts, text, tree)).toEqual([]);
  });

  it('rejects one port published twice, where it is written', () => {
    const tree = publish({ edge: [['192.0.2.1', 8080]], web: [['192.0.2.1', 8080]] });
    expect(foundInTree(portConflicts, text, tree)).toEqual([`VALIDATE_PORT_CONFLICT ${place(text, '8080')}`]);
  });

  it('rejects a port of every address against any single one, and says who publishes what', () => {
    const tree = publish({ web: [['127.0.0.1', 80]], edge: [['0.0.0.0', 80]] });
    expect(foundInTree(portConflicts, text, tree)).toEqual([`VALIDATE_PORT_CONFLICT ${place(text, '80], stats')}`]);
    const [found] = portConflicts.check({ ...parse(text), ...tree });
    expect(found?.message).toContain('edge (0.0.0.0:80) and web (127.0.0.1:80)');
  });

  it('rejects a port that one unit publishes on an address and on all of them', () => {
    const tree = publish({
      edge: [
        ['192.0.2.1', 80],
        ['0.0.0.0', 80],
      ],
    });
    expect(foundInTree(portConflicts, text, tree)).toHaveLength(1);
  });

  it('names what can be changed when the runtime API of an edge is in the way, and blames that', () => {
    const moved = text.replace('port: 8080', 'port: 9999');
    const tree = publish({ web: [['0.0.0.0', 9999]], edge: [['127.0.0.1', 9999]] });
    expect(foundInTree(portConflicts, moved, tree)).toEqual([`VALIDATE_PORT_CONFLICT ${place(moved, '9999')}`]);
    const [found] = portConflicts.check({ ...parse(moved), ...tree });
    expect(found?.hint).toMatch(/^change port of web, or .*no setting moves port 9999 of edge/);
  });

  it('offers only different servers to two edges on one', () => {
    const second = '\n  inner: { kind: haproxy, image: x, on: [a], memory: 1GiB, routes: {}, port: 81 }';
    const two = text.replace('stats: 8404 }', `stats: 8404 }${second}`);
    const tree = publish({ edge: [['127.0.0.1', 9999]], inner: [['127.0.0.1', 9999]] });
    const [found] = portConflicts.check({ ...parse(two), ...tree });
    expect(found?.hint).toMatch(/^run them on different servers: no setting moves port 9999 of edge and inner/);
  });

  it('holds for what is derived of a database, at the port that can be moved', () => {
    const fields = 'primary: a, replicas: [b, c], memory: 1GiB, failover: automatic';
    const data = fleet({
      services: [
        `  db: { kind: postgres, image: IMAGE, databases: [x], ${fields} }`,
        `  cache: { kind: redis, image: IMAGE, ${fields}, sentinelPort: 2379 }`,
      ].join('\n'),
    });
    const etcd = publish({ etcd: [['192.0.2.1', 2379]], 'cache-sentinel': [['192.0.2.1', 2379]] });
    const [first] = portConflicts.check({ ...parse(data), ...etcd });
    expect(first?.hint).toMatch(/^change sentinelPort of cache, or .*no setting moves port 2379 of etcd/);
    expect(foundInTree(portConflicts, data, etcd)).toEqual([`VALIDATE_PORT_CONFLICT ${place(data, 'cache: {')}`]);
    const rest = publish({ db: [['192.0.2.1', 8008]], etcd: [['192.0.2.1', 8008]] });
    expect(foundInTree(portConflicts, data, rest)).toEqual([`VALIDATE_PORT_CONFLICT ${place(data, 'db: {')}`]);
    expect(portConflicts.check({ ...parse(data), ...rest })[0]?.hint).toMatch(/^run them on different servers/);
  });

  it('tells two databases under Patroni on one server that its port cannot move, and what can be done', () => {
    const fields = 'kind: postgres, image: IMAGE, databases: [x], memory: 1GiB, failover: automatic';
    const data = fleet({
      services: [
        `  db: { ${fields}, primary: a, replicas: [b], voters: [a, b, c] }`,
        `  log: { ${fields}, primary: c, replicas: [a], voters: [a, b, c], port: 5433 }`,
      ].join('\n'),
    });
    const both = publish({ db: [['192.0.2.1', 8008]], log: [['192.0.2.1', 8008]] });
    expect(foundInTree(portConflicts, data, both)).toEqual([`VALIDATE_PORT_CONFLICT ${place(data, 'log: {')}`]);
    const [found] = portConflicts.check({ ...parse(data), ...both });
    expect(found?.hint).toMatch(/keep the databases of db and log in one service: Patroni answers at port 8008/);
    const manual = data.replaceAll('automatic', 'manual');
    expect(portConflicts.check({ ...parse(manual), ...both })[0]?.hint).not.toContain('Patroni');
  });

  it("rejects the guard's port and the port that SSH really has, but not of the guard itself", () => {
    const guard = publish({ guard: [['192.0.2.1', 7420]], web: [['192.0.2.1', 22]] });
    expect(foundInTree(portConflicts, text, guard)).toEqual([`VALIDATE_PORT_RESERVED ${place(text, 'web: {')}`]);
    const moved = text.replace('memory: 4GiB }', 'memory: 4GiB, ssh: { port: 2222 } }');
    expect(foundInTree(portConflicts, moved, publish({ web: [['192.0.2.1', 22]] }))).toEqual([]);
    expect(
      foundInTree(
        portConflicts,
        moved,
        publish({
          web: [
            ['192.0.2.1', 2222],
            ['127.0.0.1', 7420],
          ],
        }),
      ),
    ).toHaveLength(2);
  });
});
