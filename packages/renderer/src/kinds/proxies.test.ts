import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, textOf } from '../../test/fleets.ts';

const HEALTH = ', health: { http: /up, interval: 2s, fall: 4, rise: 1 }';

function edgeConfig(routes: string, more: string, ...services: readonly string[]): string {
  return textOf(
    renderText(fleetOf(service.haproxy('edge', 'a', routes, more), ...services)),
    'a',
    'services/edge/haproxy.cfg',
  );
}

describe('the edge', () => {
  it('names an entry per server, checked as the target wants, bound to a cookie when sticky', () => {
    const text = edgeConfig('/: app', ', sticky: SID', service.app('app', 'b, c', HEALTH));
    expect(text).toContain('  server b 192.0.2.2:3000 check inter 2s fall 4 rise 1 cookie b\n');
    expect(text).toContain('  server c 192.0.2.3:3000 check inter 2s fall 4 rise 1 cookie c\n');
    expect(text).toContain('  cookie SID insert indirect nocache httponly\n');
    expect(text).toContain('uri /up ver HTTP/1.1');
  });

  it('checks the connection alone when the target has no health path', () => {
    const text = edgeConfig('/: app', '', service.app('app', 'b'));
    expect(text).toContain('  server b 192.0.2.2:3000 check\n');
    expect(text).not.toContain('httpchk');
  });

  it('matches the longest prefix first, and only whole segments', () => {
    const text = edgeConfig('/: app, /api: app, /api/v2/: app', '', service.app('app', 'b'));
    const rules = text.split('\n').filter((line) => /acl|default_backend/.test(line));
    expect(rules.map((rule) => rule.trim())).toEqual([
      'acl route_1 path /api/v2',
      'acl route_1 path_beg /api/v2/',
      'acl route_2 path /api',
      'acl route_2 path_beg /api/',
      'default_backend be_app',
    ]);
  });

  it('looks a neighbour up by name each time, and still balances over the other servers', () => {
    const text = edgeConfig('/: app', '', service.app('app', 'a, b'));
    expect(text).toMatch(/ {2}server a app:3000 check resolvers docker /);
    expect(text).toContain('  server b 192.0.2.2:3000 check\n');
  });

  it('believes no forwarding header unless another router stands before it', () => {
    expect(edgeConfig('/: app', '', service.app('app', 'b'))).toContain('del-header X-Forwarded-For');
    const inner = edgeConfig('/: app', '', service.app('app', 'b'), service.haproxy('outer', 'c', '/: edge'));
    expect(inner).not.toContain('del-header');
  });
});

describe('nginx', () => {
  it('asks for the name of a neighbour at each request and for nobody else', () => {
    const tree = renderText(fleetOf(service.nginx('web', 'a, c', '/: app'), service.app('app', 'a, b')));
    const local = textOf(tree, 'a', 'services/web/nginx.conf');
    expect(local).toContain('set $flotilla_target app:3000;');
    expect(local).not.toContain('upstream service_app');
    const remote = textOf(tree, 'c', 'services/web/nginx.conf');
    expect(remote).toContain('server 192.0.2.1:3000 ');
    expect(remote).toContain('server 192.0.2.2:3000 ');
  });

  it('answers 503 for a service that runs nowhere', () => {
    const tree = renderText(fleetOf(service.nginx('web', 'a', '/: app'), service.app('app', 'nobody')));
    expect(textOf(tree, 'a', 'services/web/nginx.conf')).toContain('return 503;');
  });
});
