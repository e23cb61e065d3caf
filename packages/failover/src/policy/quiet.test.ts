import { expect, test } from 'vitest';

import { checkQuiet, QUIET_PERIOD_MS } from './quiet.ts';

test('a second failover within the quiet period is refused, and one at its end is not', () => {
  const last = { from: 'db1', to: 'db2' };
  expect(checkQuiet('database', undefined)).toBeUndefined();
  expect(checkQuiet('database', { ...last, agoMs: QUIET_PERIOD_MS })).toBeUndefined();
  expect(checkQuiet('database', { ...last, agoMs: QUIET_PERIOD_MS - 1 })).toMatchObject({
    code: 'FAILOVER_QUIET_PERIOD',
    facts: { last: 'db1 to db2', quietSeconds: 1 },
  });
});
