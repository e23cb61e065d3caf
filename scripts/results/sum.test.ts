import { expect, test } from 'vitest';

import { summaryLine, sumRuns } from './sum.ts';

const report = (success: boolean, ...files: readonly (readonly [string, readonly string[]])[]) =>
  JSON.stringify({
    success,
    testResults: files.map(([status, tests]) => ({
      name: 'a.test.ts',
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });
const sum = (exitCode: number, ...texts: readonly (string | undefined)[]) =>
  summaryLine(
    sumRuns([{ name: 'unit', exitCode, files: texts.map((_, index) => `${index}`) }], (file) => texts[Number(file)])
      .total,
  );

test('counts a run without results as one check', () => {
  const runs = [
    { name: 'lint', exitCode: 0, files: [] },
    { name: 'knip', exitCode: 1, files: [] },
  ];
  expect(summaryLine(sumRuns(runs, () => undefined).total)).toBe('1 passed, 1 failed');
});

test('adds up passed, failed, skipped and todo tests over all files', () => {
  const first = report(false, ['failed', ['passed', 'failed']], ['passed', ['passed', 'todo']]);
  expect(sum(1, first, report(true, ['passed', ['passed', 'pending', 'skipped']]))).toBe(
    '3 passed, 1 failed, 3 skipped',
  );
});

test('counts a file that could not be loaded', () => {
  expect(sum(1, report(false, ['failed', []]))).toBe('0 passed, 1 failed');
});

test('counts a runner that left nothing, or rubbish, as failed although it ended well', () => {
  expect(sum(0, undefined)).toBe('0 passed, 1 failed');
  expect(sum(0, report(true, ['passed', ['passed']]).slice(0, 20))).toBe('0 passed, 1 failed');
});

test('counts a failure outside of the tests once', () => {
  expect(sum(0, report(false, ['passed', ['passed']]))).toBe('1 passed, 1 failed');
  expect(sum(1, report(true, ['passed', ['passed']]))).toBe('1 passed, 1 failed');
});

test('does not count a failing runner again when its tests say why', () => {
  expect(sum(1, report(false, ['failed', ['failed']]))).toBe('0 passed, 1 failed');
});

test('counts a runner that found no test at all as failed', () => {
  expect(sum(0, report(true))).toBe('0 passed, 1 failed');
  expect(sum(0, report(true), report(true, ['passed', ['passed']]))).toBe('1 passed, 0 failed');
});
