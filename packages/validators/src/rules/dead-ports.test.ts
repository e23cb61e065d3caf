import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { deadPorts } from './dead-ports.ts';

const edge = (fields: string) =>
  fleet({ services: `  e: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: {}, ${fields} }` });

describe('dead-ports', () => {
  it('accepts the port of the service and its statistics', () => {
    const text = edge('public: [80], stats: 8404, open: { 8404: { from: [192.0.2.0/24] } }');
    expect(found(deadPorts, text)).toEqual([]);
  });

  it('rejects a public port that nothing listens on', () => {
    const text = edge('public: [80, 443]');
    expect(found(deadPorts, text)).toEqual([`VALIDATE_DEAD_PORT ${place(text, '443')}`]);
  });

  it('rejects an opened statistics port when there is no statistics page, and any port of a worker', () => {
    const stats = edge('open: { 8404: { from: [192.0.2.0/24] } }');
    expect(found(deadPorts, stats)).toEqual([`VALIDATE_DEAD_PORT ${place(stats, '8404')}`]);
    const worker = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB, public: [80] }' });
    expect(found(deadPorts, worker)).toEqual([`VALIDATE_DEAD_PORT ${place(worker, '80]')}`]);
  });
});
