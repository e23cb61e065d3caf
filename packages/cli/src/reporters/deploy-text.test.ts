import { expect, test } from 'vitest';

import { deployLine, deployLines } from './deploy-text.ts';

test('an unhealthy unit is told in a line, and what it wrote is left to the error that ends the deploy', () => {
  const unhealthy = {
    kind: 'unhealthy',
    server: 'app1',
    service: 'app',
    output: 'no answer\nat all',
    logs: 'a\nb',
  } as const;
  expect(deployLine(unhealthy)).toBe('app1: app is UNHEALTHY: no answer');
  const unit = {
    service: 'app',
    state: 'failed',
    release: 'r',
    detail: 'app on app1 is not well\nits last lines:\na',
  } as const;
  const lines = deployLines({
    environment: 'shop',
    digest: 'd',
    outcome: 'failed',
    servers: [{ server: 'app1', isReachable: true, units: [unit] }],
    handOvers: [],
  });
  expect(lines).toEqual(['shop: FAILED (d)', '  app1: app failed (app on app1 is not well)']);
});
