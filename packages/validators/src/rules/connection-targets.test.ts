import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { connectionTargets } from './connection-targets.ts';

const services = (target: string, user: string) => fleet({ services: [target, user].join('\n') });
const edge = '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: t } }';

describe('connection-targets', () => {
  it('accepts a route to an app and a database that is used', () => {
    const text = services('  t: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB, uses: [db] }', edge);
    const database = '  db: { kind: postgres, image: IMAGE, primary: b, databases: [x], memory: 1GiB }';
    expect(found(connectionTargets, text.replace('services:', `services:\n${database}`))).toEqual([]);
  });

  it('rejects a route to a worker and the use of one', () => {
    const worker = '  t: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }';
    const routed = services(worker, edge);
    expect(found(connectionTargets, routed)).toEqual([`VALIDATE_ROUTE_TARGET ${place(routed, 't } }')}`]);
    const used = services(worker, '  u: { kind: worker, image: IMAGE, on: [a], memory: 1GiB, uses: [t] }');
    expect(found(connectionTargets, used)).toEqual([`VALIDATE_USES_TARGET ${place(used, 't] }')}`]);
  });

  it('rejects a route to a database, though it has a port', () => {
    const text = services('  t: { kind: postgres, image: IMAGE, primary: b, databases: [x], memory: 1GiB }', edge);
    expect(found(connectionTargets, text)).toEqual([`VALIDATE_ROUTE_TARGET ${place(text, 't } }')}`]);
  });
});
