import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { duplicateAddresses } from './duplicate-addresses.ts';

const servers = (first: string, second: string) =>
  fleet({
    servers: [
      `  a: { host: "${first}", cpus: 2, memory: 4GiB }`,
      `  b: { host: "${second}", cpus: 2, memory: 4GiB }`,
    ].join('\n'),
    services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }',
  });

describe('duplicate-addresses', () => {
  it('accepts two addresses', () => {
    expect(found(duplicateAddresses, servers('192.0.2.1', '192.0.2.11'))).toEqual([]);
  });

  it('rejects one address for two servers', () => {
    const text = servers('192.0.2.1', '192.0.2.1');
    expect(found(duplicateAddresses, text)).toEqual([`VALIDATE_DUPLICATE_ADDRESS ${place(text, '"192.0.2.1"')}`]);
  });

  it.each([
    ['2001:db8::1', '2001:0db8:0:0:0:0:0:1'],
    ['192.0.2.1', '::ffff:192.0.2.1'],
  ])('rejects one address in two spellings: %s and %s', (first, second) => {
    const text = servers(first, second);
    expect(found(duplicateAddresses, text)).toEqual([`VALIDATE_DUPLICATE_ADDRESS ${place(text, `"${second}"`)}`]);
  });
});
