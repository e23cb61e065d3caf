import { expect, test } from 'vitest';

import { renderFaults } from './fault-record.ts';

const result = { status: 'passed', ancestorTitles: [], title: 'row 2: b', duration: 2_340, meta: {} };
const file = { startTime: 0, endTime: 90_000 };

test('a run is told by how many held, then test by test with what it measured', () => {
  const figures = [{ figure: 'longest write gap', measured: '0.30 s' }];
  const failed = {
    ...result,
    status: 'failed',
    ancestorTitles: ['of the disks'],
    title: 'row 3: c',
    meta: { figures },
  };
  const testResults = [
    { ...file, name: 'a/faults-redis.drill.test.ts', assertionResults: [result] },
    { ...file, name: 'a/faults-mysql.drill.test.ts', assertionResults: [failed] },
  ];
  expect(renderFaults({ testResults }, new Date('2026-01-02T03:04:05Z')).split('\n')).toEqual([
    '2026-01-02, pnpm drill:faults: 1 of 2 held, in 3 min',
    '',
    'mysql',
    '  failed    2.3 s  of the disks › row 3: c',
    '                   longest write gap: 0.30 s',
    '',
    'redis',
    '  held      2.3 s  row 2: b',
    '',
  ]);
});
