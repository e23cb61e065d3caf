import type { Finding } from '@flotilla/model';
import { expect, test } from 'vitest';

import { countFindings, findingLines } from './findings-text.ts';

const finding: Finding = {
  severity: 'error',
  code: 'MODEL_UNKNOWN_KEY',
  message: 'unknown key "memry"',
  hint: 'did you mean "memory"?',
  at: { file: 'environments/shop/environment.yaml', line: 3, column: 5 },
};

test('shows place, severity, code, message, hint, and the source with a caret below', () => {
  expect(findingLines(finding, () => '    memry: 1GiB')).toEqual([
    'environments/shop/environment.yaml:3:5 error MODEL_UNKNOWN_KEY unknown key "memry"',
    '  hint: did you mean "memory"?',
    '  3 |     memry: 1GiB',
    '          ^',
  ]);
});

test('leaves the source out when there is none to show', () => {
  expect(findingLines(finding, () => undefined)).toHaveLength(2);
  expect(findingLines(finding, () => '   ')).toHaveLength(2);
});

test('keeps the caret below its character after tabs and in very long lines', () => {
  const at = { ...finding.at, column: 2_001 };
  for (const padding of [' ', '\t']) {
    const [, , source, caret] = findingLines({ ...finding, at }, () => `${padding.repeat(2_000)}X${'y'.repeat(2_000)}`);
    expect(source?.[caret?.indexOf('^') ?? -1]).toBe('X');
    expect(source?.length).toBeLessThan(200);
  }
});

test('takes terminal escapes out of what a file brought in', () => {
  const lines = findingLines({ ...finding, message: 'a\u001b[2Jb' }, () => 'x\u001b[31mred');
  expect(lines.join('')).not.toContain('\u001b');
});

test('counts by severity, in words', () => {
  const of = (severity: Finding['severity'], count: number) =>
    Array.from({ length: count }, () => ({ ...finding, severity }));
  expect(countFindings([])).toBe('no findings');
  expect(countFindings([...of('warning', 1), ...of('error', 2), ...of('info', 3)])).toBe('2 errors, 1 warning, 3 info');
});
