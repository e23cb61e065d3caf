import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { routedTwice } from './routed-twice.ts';

const edges = (first: string, second: string) =>
  fleet({
    services: [
      '  web: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB }',
      '  api: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB }',
      `  one: { kind: haproxy, image: IMAGE, on: [b], memory: 1GiB, routes: { ${first} } }`,
      `  two: { kind: haproxy, image: IMAGE, on: [c], memory: 1GiB, routes: { ${second} } }`,
    ].join('\n'),
  });

describe('routed-twice', () => {
  it('accepts two edges with different prefixes of one service', () => {
    expect(found(routedTwice, edges('/: web', '/admin: web'))).toEqual([]);
  });

  it('rejects the same prefix of one service behind two edges', () => {
    const text = edges('/: web', '/: web');
    expect(found(routedTwice, text)).toEqual([`VALIDATE_ROUTED_TWICE ${place(text, 'web } }')}`]);
  });

  it('accepts the same prefix for different services, and rejects only the pair that is equal', () => {
    expect(found(routedTwice, edges('/: web', '/: api'))).toEqual([]);
    const text = edges('/: web, /v1: api', '/: api, /v1: api');
    expect(found(routedTwice, text)).toEqual([`VALIDATE_ROUTED_TWICE ${place(text, 'api } }')}`]);
  });
});
