import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { singleInstance } from './single-instance.ts';

const services = (on: string, replicas: string) =>
  fleet({
    services: [
      `  db: { kind: postgres, image: IMAGE, primary: a, replicas: [${replicas}], databases: [x], memory: 1GiB }`,
      `  web: { kind: app, image: IMAGE, on: [${on}], port: 80, memory: 1GiB }`,
      '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: web } }',
    ].join('\n'),
  });

describe('single-instance', () => {
  it('accepts two of each', () => {
    expect(found(singleInstance, services('a, b', 'b'))).toEqual([]);
  });

  it('reports a database and a routed service that run once', () => {
    const text = services('a', '');
    expect(found(singleInstance, text)).toEqual([
      `VALIDATE_SINGLE_INSTANCE ${place(text, 'db: {')}`,
      `VALIDATE_SINGLE_INSTANCE ${place(text, 'web: {')}`,
    ]);
  });

  it('reports a service that names one server twice, and no worker', () => {
    const text = services('a, a', 'a');
    expect(found(singleInstance, text)).toHaveLength(2);
    const worker = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }' });
    expect(found(singleInstance, worker)).toEqual([]);
  });
});
