import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { missingHealth } from './missing-health.ts';

const routed = (target: string) =>
  fleet({
    services: [
      `  web: { ${target}, image: IMAGE, on: [b], memory: 1GiB }`,
      '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: web, /v2: web } }',
    ].join('\n'),
  });

describe('missing-health', () => {
  it('accepts a routed service with a health check', () => {
    expect(found(missingHealth, routed('kind: app, port: 80, health: { http: /health }'))).toEqual([]);
  });

  it('rejects a routed service without one, once', () => {
    const text = routed('kind: app, port: 80');
    expect(found(missingHealth, text)).toEqual([`VALIDATE_HEALTH_MISSING ${place(text, 'web: {')}`]);
  });

  it('rejects the app behind an nginx, and says nothing of an app that nothing routes to', () => {
    const services = [
      '  alone: { kind: app, image: IMAGE, on: [a], port: 81, memory: 1GiB }',
      '  behind: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB }',
      '  web: { kind: nginx, image: IMAGE, on: [a], memory: 1GiB, routes: { /: behind } }',
    ];
    const text = fleet({ services: services.join('\n') });
    expect(found(missingHealth, text)).toEqual([`VALIDATE_HEALTH_MISSING ${place(text, 'behind: {')}`]);
  });
});
