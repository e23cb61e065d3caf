import { expect, test } from 'vitest';

import { describeLoss } from './loss-window.ts';
import type { ForecastLoss } from './loss-window.ts';

const [pair, received] = [{ from: 'db1', to: 'db2' }, '0/3000000 on timeline 1'] as const;
const lastSeen = { position: received, agoMs: 11_400 };
const bytes = (amount: bigint) => ({ amount, unit: 'bytes' }) as const;

test.each<[string, ForecastLoss]>([
  ['nothing is lost: db2 holds everything that db1 acknowledged', { isPossible: false, received }],
  [
    '11.4 s ago, when db1 was last seen, db2 had received everything; what db1 acknowledged since then is lost',
    { isPossible: true, received, lastSeen, missing: bytes(0n) },
  ],
  [
    '11.4 s ago, when db1 was last seen, 8 bytes had not reached db2 and are lost; what db1 acknowledged since then is lost (the last write that db2 applied is of 10:00)',
    { isPossible: true, received, lastSeen, missing: bytes(8n), lastApplied: '10:00' },
  ],
  [
    'nobody knows how much of db1 had reached db2; what db1 acknowledged since then is lost',
    { isPossible: true, received },
  ],
])('says: %s', (sentence, loss) => {
  expect(describeLoss(pair, loss)).toBe(sentence);
});
