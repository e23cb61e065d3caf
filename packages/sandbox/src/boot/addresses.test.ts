import { describe, expect, it } from 'vitest';

import { assignAddresses, innerNetworks, registryAddress } from './addresses.ts';

const SUBNET = '172.18.0.0/16';

describe('assignAddresses', () => {
  it('counts from the eleventh address, in the order of the servers', () => {
    expect(assignAddresses(SUBNET, ['lb', 'db1'], new Map())).toEqual(
      new Map([
        ['lb', '172.18.0.11'],
        ['db1', '172.18.0.12'],
      ]),
    );
  });

  it('keeps the address of a server that runs, also when another one comes before it', () => {
    const assigned = assignAddresses(SUBNET, ['app', 'db1', 'db2'], new Map([['db1', '172.18.0.11']]));
    expect(Object.fromEntries(assigned)).toEqual({ app: '172.18.0.12', db1: '172.18.0.11', db2: '172.18.0.13' });
  });

  it('does not give away the address of a server that left', () => {
    expect(assignAddresses(SUBNET, ['new'], new Map([['old', '172.18.0.11']])).get('new')).toBe('172.18.0.12');
  });

  it('starts inside a subnet that does not begin at zero, and never at the registry', () => {
    expect(assignAddresses('192.168.240.0/20', ['one'], new Map()).get('one')).toBe('192.168.240.11');
    expect(registryAddress('192.168.240.0/20')).toBe('192.168.240.2');
  });
});

describe('innerNetworks', () => {
  it('gives every server networks of its own', () => {
    const pools = [11, 12, 30].map((last) => innerNetworks(SUBNET, `172.18.0.${last}`).pool);
    expect(pools).toEqual(['10.160.128.0/17', '10.161.128.0/17', '10.179.128.0/17']);
  });

  it('keeps the bridge out of the pool', () => {
    expect(innerNetworks(SUBNET, '172.18.0.11').bridge).toBe('10.160.0.1/24');
  });

  it('moves out of the way of a sandbox whose own subnet is there', () => {
    expect(innerNetworks('10.160.0.0/16', '10.160.0.11').pool).toBe('10.32.128.0/17');
    expect(innerNetworks('10.32.0.0/16', '10.32.0.11').pool).toBe('10.160.128.0/17');
  });
});
