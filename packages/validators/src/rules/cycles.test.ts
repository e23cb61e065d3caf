import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { cycles } from './cycles.ts';
import { findCycles } from '../cycles.ts';

const app = (name: string, uses: string) =>
  `  ${name}: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB, uses: [${uses}] }`;

describe('cycles', () => {
  it('accepts two ways to the same service', () => {
    const text = fleet({ services: [app('x', 'y, z'), app('y', 'z'), app('z', '')].join('\n') });
    expect(found(cycles, text)).toEqual([]);
  });

  it('rejects a circle at the reference that closes it', () => {
    const text = fleet({ services: [app('x', 'y'), app('y', 'z'), app('z', 'x')].join('\n') });
    expect(found(cycles, text)).toEqual([`VALIDATE_USES_CYCLE ${place(text, 'x] }')}`]);
  });

  it('rejects a service that uses itself, behind services that only lead there', () => {
    const text = fleet({ services: [app('x', 'y'), app('y', 'y')].join('\n') });
    expect(found(cycles, text)).toEqual([`VALIDATE_USES_CYCLE ${place(text, 'y] }')}`]);
  });

  it('rejects routes and jumps in a circle', () => {
    const text = fleet({
      servers: [
        '  a: { host: 192.0.2.1, cpus: 2, memory: 4GiB, ssh: { via: b } }',
        '  b: { host: 192.0.2.2, cpus: 2, memory: 4GiB, ssh: { via: a } }',
      ].join('\n'),
      services: [
        '  e: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: n } }',
        '  n: { kind: nginx, image: IMAGE, on: [a], memory: 1GiB, routes: { /: e } }',
      ].join('\n'),
    });
    expect(found(cycles, text)).toEqual([
      `VALIDATE_JUMP_CYCLE ${place(text, 'a } }')}`,
      `VALIDATE_ROUTE_CYCLE ${place(text, 'e } }')}`,
    ]);
  });

  it('follows a chain of 20,000 services without running out of stack', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
    const edges = new Map(names.map((name, index) => [name, [names[index + 1] ?? 'n0']]));
    expect(findCycles(edges).map((cycle) => cycle.length)).toEqual([20_001]);
  });
});
