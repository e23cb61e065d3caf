import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { edgePorts } from './edge-ports.ts';

const edge = (fields: string) =>
  fleet({ services: `  edge: { kind: haproxy, image: IMAGE, on: [a, b], memory: 1GiB, routes: {}${fields} }` });

describe('edge-ports', () => {
  it('accepts a port of its own for each', () => {
    expect(found(edgePorts, edge(', stats: 8404'))).toEqual([]);
  });

  it('rejects the statistics page on the port of the edge, also when that is the default, once for every server', () => {
    const text = edge(', stats: 80');
    expect(found(edgePorts, text)).toEqual([`VALIDATE_EDGE_PORT ${place(text, '80 }')}`]);
    expect(found(edgePorts, edge(', port: 8080, stats: 8080'))).toHaveLength(1);
    expect(found(edgePorts, edge(', port: 8080, stats: 80'))).toEqual([]);
  });

  it('rejects the port of the runtime API for anything else', () => {
    const stats = edge(', stats: 9999');
    expect(found(edgePorts, stats)).toEqual([`VALIDATE_EDGE_PORT ${place(stats, '9999')}`]);
    const port = edge(', port: 9999');
    expect(found(edgePorts, port)).toEqual([`VALIDATE_EDGE_PORT ${place(port, '9999')}`]);
  });
});
