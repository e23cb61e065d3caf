import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, textOf } from '../../test/fleets.ts';

function openingsOn(server: string, ...services: readonly string[]): readonly string[] {
  const text = textOf(renderText(fleetOf(...services)), server, 'host/nftables.conf');
  return text.split('\n').flatMap((line) => /ct original proto-dst (.*) accept comment/.exec(line)?.slice(1) ?? []);
}

describe('firewall openings', () => {
  it('opens a routed port to the servers that route to it', () => {
    const services = [service.app('app', 'a, b'), service.nginx('web', 'c', '/: app')];
    expect(openingsOn('a', ...services)).toEqual(['3000 ip saddr { 192.0.2.3 }']);
    expect(openingsOn('c', ...services)).toEqual([]);
  });

  it('opens a database to its clients and the other members, and the guard to the fleet', () => {
    const services = [service.postgres('db', 'primary: a, replicas: [b]'), service.app('app', 'c', ', uses: [db]')];
    expect(openingsOn('b', ...services)).toEqual([
      '5432 ip saddr { 192.0.2.1, 192.0.2.3 }',
      '7420 ip saddr { 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4 }',
    ]);
  });

  it('opens public ports to the world and open ports to their networks, beside who routes there', () => {
    const edge = service.haproxy(
      'edge',
      'a',
      '/: app',
      ', public: [80], stats: 8404, open: { 8404: { from: [192.0.2.0/24, "2001:db8::/32"] } }',
    );
    expect(openingsOn('a', service.app('app', 'a'), edge)).toEqual([
      '80',
      '8404 ip saddr { 192.0.2.0/24 }',
      '8404 ip6 saddr { 2001:db8::/32 }',
    ]);
    const app = service.app('app', 'a', ', open: { 3000: { from: [203.0.113.0/24] } }');
    expect(openingsOn('a', app, service.nginx('web', 'b', '/: app'))).toEqual([
      '3000 ip saddr { 192.0.2.2, 203.0.113.0/24 }',
    ]);
  });

  it('keeps the SSH port of the server open and flushes nothing', () => {
    const text = fleetOf(service.app('app', 'a')).replace('memory: 4GiB }', 'memory: 4GiB, ssh: { port: 2222 } }');
    const rules = textOf(renderText(text), 'a', 'host/nftables.conf');
    expect(rules).toContain('tcp dport 2222 accept');
    expect(rules).not.toContain('flush');
  });
});

function poolOf(text: string): string | undefined {
  return /"base": "([^"]+)"/.exec(textOf(renderText(text), 'a', 'host/daemon.json'))?.[1];
}

describe('daemon.json', () => {
  it('takes the first pool that nothing of the fleet lies in', () => {
    const plain = fleetOf(service.app('app', 'a'));
    expect(poolOf(plain)).toBe('10.201.0.0/16');
    expect(poolOf(plain.replace('192.0.2.2', '10.201.7.7'))).toBe('10.202.0.0/16');
    const opened = fleetOf(service.app('app', 'a', ', open: { 3000: { from: [10.200.0.0/14, 0.0.0.0/0] } }'));
    expect(poolOf(opened)).toBe('10.204.0.0/16');
  });
});
