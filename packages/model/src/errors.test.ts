import { expect, it } from 'vitest';

import { finding, FlotillaError } from './errors.ts';
import { compareFindings } from './finding.ts';

const at = { file: 'a.yaml', line: 2, column: 3 };

it('builds a finding from the catalogue', () => {
  expect(finding('MODEL_DUPLICATE_KEY', { key: 'port', firstLine: 1 }, at)).toMatchObject({
    severity: 'error',
    code: 'MODEL_DUPLICATE_KEY',
    at,
  });
});

it('builds an error that keeps its code, hint and cause', () => {
  const cause = new Error('refused');
  const error = new FlotillaError('CLI_USAGE', { detail: 'no such command' }, { cause });
  expect(error).toMatchObject({ code: 'CLI_USAGE', message: 'no such command', cause });
  expect(error.hint).toBeTruthy();
});

it('sorts findings by file, line as a number, column, then code', () => {
  const one = finding('MODEL_DUPLICATE_KEY', { key: 'a', firstLine: 1 }, at);
  const places = [
    { ...one, at: { ...at, line: 10 } },
    { ...one, code: 'MODEL_ALIAS_CYCLE' },
    { ...one, at: { ...at, file: '0.yaml', line: 99 } },
    one,
    { ...one, at: { ...at, column: 1 } },
  ];
  const sorted = [...places].sort(compareFindings).map(({ code, at }) => `${at.file} ${at.line}:${at.column} ${code}`);
  expect(sorted).toEqual([
    '0.yaml 99:3 MODEL_DUPLICATE_KEY',
    'a.yaml 2:1 MODEL_DUPLICATE_KEY',
    'a.yaml 2:3 MODEL_ALIAS_CYCLE',
    'a.yaml 2:3 MODEL_DUPLICATE_KEY',
    'a.yaml 10:3 MODEL_DUPLICATE_KEY',
  ]);
});
