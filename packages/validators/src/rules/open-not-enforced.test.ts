import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { openNotEnforced } from './open-not-enforced.ts';

const edge = (fields: string, rest = '') =>
  fleet({
    services: `  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: {}, stats: 8404${fields} }`,
    rest,
  });

describe('open-not-enforced', () => {
  it('accepts a service that opens nothing, or opens to the world what it means to', () => {
    expect(found(openNotEnforced, edge(', public: [80]'))).toEqual([]);
  });

  it('warns of every port under open, at the port', () => {
    const text = edge(', open: { 80: { from: [192.0.2.0/24] }, 8404: { from: [192.0.2.7/32] } }');
    expect(found(openNotEnforced, text)).toEqual([
      `VALIDATE_OPEN_NOT_ENFORCED ${place(text, '80: {')}`,
      `VALIDATE_OPEN_NOT_ENFORCED ${place(text, '8404: {')}`,
    ]);
  });

  it('says nothing of a sandbox', () => {
    expect(found(openNotEnforced, edge(', open: { 8404: { from: [192.0.2.0/24] } }', 'sandbox: true'))).toEqual([]);
  });
});
