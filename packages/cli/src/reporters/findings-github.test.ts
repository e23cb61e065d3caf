import * as core from '@actions/core';
import type { Finding } from '@flotilla/model';
import { expect, test } from 'vitest';

import { annotateFindings, hiddenAnnotations } from './findings-github.ts';
import type { Annotator } from './findings-github.ts';

const finding: Finding = {
  severity: 'error',
  code: 'MODEL_UNKNOWN_KEY',
  message: 'unknown key',
  at: { file: 'environments/shop/environment.yaml', line: 3, column: 5 },
};

function recording() {
  const calls: unknown[] = [];
  const record = (level: string) => (message: string, properties: object) =>
    calls.push({ level, message, ...properties });
  const annotator: Annotator = { error: record('error'), warning: record('warning'), notice: record('notice') };
  return { calls, annotator };
}

test('annotates file, line and column at the level of the severity, with the hint below the message', () => {
  const { calls, annotator } = recording();
  annotateFindings(
    [
      { ...finding, hint: 'try this' },
      { ...finding, severity: 'info' },
    ],
    annotator,
  );
  const place = { title: finding.code, file: finding.at.file, startLine: 3, startColumn: 5 };
  expect(calls).toEqual([
    { level: 'error', message: 'unknown key\ntry this', ...place },
    { level: 'notice', message: 'unknown key', ...place },
  ]);
});

test('takes the annotator of @actions/core, which escapes', () => {
  const annotator: Annotator = core;
  expect(annotator.error).toBe(core.error);
});

test('says so when GitHub would hide annotations without a word', () => {
  expect(hiddenAnnotations(Array.from({ length: 10 }, () => finding))).toBeUndefined();
  expect(hiddenAnnotations(Array.from({ length: 11 }, () => finding))).toContain('11 errors');
});
