import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, textOf, unitOf } from '../test/fleets.ts';

const HEALTH = ', health: { http: /health }';

function publishesOf(services: readonly string[], server: string, name: string): readonly string[] {
  const unit = unitOf(renderText(fleetOf(...services)), server, name);
  return unit.publishes.map(({ address, port, containerPort }) => `${address}:${port}:${containerPort}`);
}

describe('published ports', () => {
  it('publishes nothing for an app that nobody reaches from outside of its server', () => {
    const services = [service.app('app', 'a'), service.nginx('web', 'a', '/: app')];
    expect(publishesOf(services, 'a', 'app')).toEqual([]);
  });

  it('publishes an app with a health path on loopback, and asks it there', () => {
    const services = [service.app('app', 'a', HEALTH), service.nginx('web', 'a', '/: app')];
    expect(publishesOf(services, 'a', 'app')).toEqual(['127.0.0.1:3000:3000']);
    const [gate] = unitOf(renderText(fleetOf(...services)), 'a', 'app').gates;
    expect(gate).toMatchObject({ kind: 'http', host: '127.0.0.1', port: 3000, path: '/health' });
  });

  it("publishes on the server's address what another server routes to or uses", () => {
    const routed = [service.app('app', 'a', HEALTH), service.nginx('web', 'b', '/: app')];
    expect(publishesOf(routed, 'a', 'app')).toEqual(['192.0.2.1:3000:3000']);
    const used = [service.app('app', 'a'), service.worker('queue', 'b', ', uses: [app]')];
    expect(publishesOf(used, 'a', 'app')).toEqual(['192.0.2.1:3000:3000']);
  });

  it('publishes for a balancer beside the app as soon as the app stands on a second server', () => {
    const alone = [service.app('app', 'a'), service.haproxy('edge', 'a', '/: app')];
    expect(publishesOf(alone, 'a', 'app')).toEqual([]);
    const spread = [service.app('app', 'a, b'), service.haproxy('edge', 'a', '/: app')];
    expect(publishesOf(spread, 'b', 'app')).toEqual(['192.0.2.2:3000:3000']);
    expect(publishesOf(spread, 'a', 'app')).toEqual([]);
  });

  it('binds a public or open port everywhere and only once', () => {
    const services = [
      service.app('app', 'a', `${HEALTH}, public: [3000], open: { 9000: { from: [192.0.2.0/24] } }`),
      service.nginx('web', 'b', '/: app'),
    ];
    expect(publishesOf(services, 'a', 'app')).toEqual(['0.0.0.0:3000:3000', '0.0.0.0:9000:9000']);
    const [gate] = unitOf(renderText(fleetOf(...services)), 'a', 'app').gates;
    expect(gate).toMatchObject({ host: '127.0.0.1', port: 3000 });
  });

  it('keeps the runtime API of an edge, and its statistics unless opened, on loopback', () => {
    const services = [service.app('app', 'a'), service.haproxy('edge', 'b', '/: app', ', public: [80], stats: 8404')];
    expect(publishesOf(services, 'b', 'edge')).toEqual(['0.0.0.0:80:80', '127.0.0.1:8404:8404', '127.0.0.1:9999:9999']);
  });

  it("leads a database's port to the engine's", () => {
    const services = [service.postgres('db', 'primary: a', ', port: 6000')];
    expect(publishesOf(services, 'a', 'db')).toEqual(['192.0.2.1:6000:5432']);
  });

  it('publishes nothing for an endpoint, which answers to the name of its database', () => {
    const tree = renderText(fleetOf(service.postgres('db', 'primary: a'), service.app('app', 'a', ', uses: [db]')));
    expect(unitOf(tree, 'a', 'db-endpoint').publishes).toEqual([]);
    expect(textOf(tree, 'a', 'services/db-endpoint/compose.yaml')).toContain('aliases:\n          - db\n');
    expect(textOf(tree, 'a', 'services/db/compose.yaml')).toContain('  db-engine:\n');
  });
});
