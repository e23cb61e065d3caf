import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, unitOf } from '../test/fleets.ts';

const behindEdge = renderText(
  fleetOf(
    service.haproxy('edge', 'a', '/: web'),
    service.nginx('web', 'b, c', '/: app'),
    service.app('app', 'b, c', ', uses: [db]'),
    service.worker('queue', 'b', ', uses: [db]'),
    service.postgres('db', 'primary: d'),
  ),
);

describe('drains', () => {
  const point = { edgeService: 'edge', edgeServer: 'a', backend: 'be_web', entry: 'b' };

  it('takes the routed service out of its own entry', () => {
    expect(unitOf(behindEdge, 'b', 'web').drains).toEqual([point]);
  });

  it('takes what the routed service calls on the same server out of that entry, the data endpoint included', () => {
    expect(unitOf(behindEdge, 'b', 'app').drains).toEqual([point]);
    expect(unitOf(behindEdge, 'b', 'db-endpoint').drains).toEqual([point]);
    expect(unitOf(behindEdge, 'c', 'app').drains).toEqual([{ ...point, entry: 'c' }]);
  });

  it('leaves alone what no request passes through', () => {
    expect(unitOf(behindEdge, 'b', 'queue').drains).toEqual([]);
    expect(unitOf(behindEdge, 'd', 'db').drains).toEqual([]);
    expect(unitOf(behindEdge, 'b', 'guard').drains).toEqual([]);
    expect(unitOf(behindEdge, 'a', 'edge').drains).toEqual([]);
  });

  it('names each edge that has the entry', () => {
    const tree = renderText(fleetOf(service.haproxy('edge', 'b, a', '/: app, /x: app'), service.app('app', 'c')));
    expect(unitOf(tree, 'c', 'app').drains.map(({ edgeServer }) => edgeServer)).toEqual(['a', 'b']);
  });

  it('does not follow a route that leaves the server', () => {
    const tree = renderText(
      fleetOf(service.haproxy('edge', 'a', '/: web'), service.nginx('web', 'b', '/: app'), service.app('app', 'c')),
    );
    expect(unitOf(tree, 'c', 'app').drains).toEqual([]);
  });

  it('ends on routes that lead in a circle', () => {
    const tree = renderText(
      fleetOf(
        service.haproxy('edge', 'a', '/: one'),
        service.nginx('one', 'b', '/: two'),
        service.nginx('two', 'b', '/: one'),
      ),
    );
    expect(unitOf(tree, 'b', 'two').drains).toEqual([{ ...point, backend: 'be_one' }]);
    expect(tree.servers.find(({ server }) => server === 'b')?.units).toHaveLength(2);
  });
});
