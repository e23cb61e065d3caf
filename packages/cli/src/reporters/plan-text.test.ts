import type { DeployForecast, ServerForecast } from '@flotilla/deployer';
import { expect, test } from 'vitest';

import { planLines } from './plan-text.ts';

const forecast = (servers: readonly ServerForecast[], rest: Partial<DeployForecast> = {}): DeployForecast => ({
  environment: 'shop',
  digest: 'd1',
  costs: [],
  waves: [],
  leftDrained: [],
  ...rest,
  servers,
});

test('says in one line that nothing would change', () => {
  expect(planLines(forecast([{ server: 'app1', changes: [], kept: [] }]))).toEqual(['shop: nothing to change (d1)']);
});

test('says what each server would get, and what would be left alone', () => {
  const change = { kind: 'remove', service: 'old', reasons: ['it is no longer declared here'] } as const;
  const waves = [
    { kind: 'removals', groups: [{ server: 'app1', changes: [change], drains: [], handOvers: [] }] },
  ] as const;
  const lines = planLines(
    forecast(
      [
        { server: 'app1', changes: [change], kept: ['db'] },
        { server: 'app2', unreachable: 'no route\u001b[2J', changes: [], kept: [] },
        { server: 'app3', hold: 'maria looks at it', changes: [], kept: [] },
      ],
      { waves, leftDrained: [{ server: 'lb', entries: ['be_web/app2'] }] },
    ),
  );
  expect(lines).toEqual([
    'shop: 1 units to change (d1)',
    '  app1: remove old (it is no longer declared here)',
    '  app1: db is declared no more; it has data and would be left alone',
    expect.stringContaining('  app2: no answer, would be left for later (no route'),
    '  app3: frozen (maria looks at it), would be passed over',
    '  be_web/app2: out of rotation, would be put back',
    'order: app1 (removals)',
  ]);
  expect(lines.join('')).not.toContain('\u001b');
});

test('says what clients of a database would notice', () => {
  const costs = [{ server: 'db1', service: 'db', unavailability: 'writes pause for about 1 s' }];
  expect(planLines(forecast([], { costs }))).toContain('  db1: db unavailable: writes pause for about 1 s');
});
