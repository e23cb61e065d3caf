import { describe, expect, it } from 'vitest';

import { parseFiles, places, VALID } from '../test/input.ts';

const ENTRY = 'env/environment.yaml';

function over(text: string, base: Readonly<Record<string, string>> = {}) {
  return parseFiles({
    'base/environment.yaml': VALID,
    ...base,
    [ENTRY]: `environment: next\nextends: ../base\n${text}`,
  });
}

describe('extends', () => {
  it('merges maps and replaces scalars and lists', () => {
    const result = over('services:\n  web: { memory: 2GiB, on: [db1, db2], env: { A: one } }\n');
    expect(result).toMatchObject({
      kind: 'parsed',
      files: [ENTRY, 'base/environment.yaml'],
      environment: {
        environment: 'next',
        extends: '../base',
        services: { web: { memory: 2 ** 31, on: ['db1', 'db2'], port: 3000 }, database: { primary: 'db1' } },
      },
    });
  });

  it('removes with null what the base has', () => {
    const result = over('services:\n  web: null\n  database: { replicas: ~ }\n');
    if (result.kind === 'invalid') throw new Error('expected a valid environment');
    expect(Object.keys(result.environment.services)).toEqual(['database']);
    expect(result.environment.services['database']).toMatchObject({ replicas: [] });
  });

  it('removes with null what several layers below have', () => {
    const between = 'extends: ../deep\nservices: { web: { cpus: 1 } }\n';
    const result = over('services: { web: null }\n', {
      'base/environment.yaml': between,
      'deep/environment.yaml': VALID,
    });
    if (result.kind === 'invalid') throw new Error('expected a valid environment');
    expect(Object.keys(result.environment.services)).toEqual(['database']);
  });

  it('reports a null that removes nothing', () => {
    expect(places(over('services:\n  web: { healht: null }\n'))).toEqual(['MODEL_UNKNOWN_KEY 4:10']);
    expect(places(over('services:\n  other:\n'))).toEqual(['MODEL_WRONG_TYPE 4:3']);
  });

  it('keeps the place that each value was written at', () => {
    const result = over('services:\n  web: { memory: 2GiB }\n');
    if (result.kind === 'invalid') throw new Error('expected a valid environment');
    const { sources } = result;
    expect(sources.valueAt(['services', 'web', 'memory'])).toEqual({ file: ENTRY, line: 4, column: 18 });
    expect(sources.valueAt(['services', 'web', 'port'])).toEqual({
      file: 'base/environment.yaml',
      line: 12,
      column: 11,
    });
    expect(sources.keyAt(['services', 'web'])).toEqual({ file: ENTRY, line: 4, column: 3 });
  });

  it('points a finding at the file that wrote the value', () => {
    const base = { 'base/environment.yaml': VALID.replace('port: 3000', 'port: x') };
    expect(places(over('', base))).toEqual(['MODEL_WRONG_TYPE base/environment.yaml:12:11']);
  });

  it('does not inherit the name of the base', () => {
    const result = parseFiles({ 'base/environment.yaml': VALID, [ENTRY]: 'extends: ../base\n' });
    expect(places(result)).toEqual(['MODEL_MISSING_KEY 1:1']);
  });

  it('goes any number of files deep, nearest first', () => {
    const files: Record<string, string> = { 'l60/environment.yaml': VALID };
    for (let level = 1; level < 60; level += 1) {
      const cpus = level > 58 ? 32 : 16;
      files[`l${level}/environment.yaml`] = `extends: ../l${level + 1}\nservers: { app1: { cpus: ${cpus} } }\n`;
    }
    const result = parseFiles({ ...files, [ENTRY]: 'environment: next\nextends: ../l1\n' });
    expect(result).toMatchObject({ environment: { servers: { app1: { cpus: 16, memory: 2 ** 32 } } } });
  });

  it('takes a file beside the entry, and a folder that is the root', () => {
    const [beside, root] = ['environment: next\nextends: common.yaml\n', 'environment: next\nextends: ..\n'];
    expect(parseFiles({ [ENTRY]: beside, 'env/common.yaml': VALID }).kind).toBe('parsed');
    expect(parseFiles({ [ENTRY]: root, 'environment.yaml': VALID }).kind).toBe('parsed');
  });

  it.each([
    ['itself', { [ENTRY]: 'extends: ../env\n' }, ['MODEL_EXTENDS_CYCLE 1:10']],
    [
      'what extends it',
      { [ENTRY]: 'extends: ../a\n', 'a/environment.yaml': 'x-a: 1\nextends: ../env/./environment.yaml\n' },
      ['MODEL_EXTENDS_CYCLE a/environment.yaml:2:10'],
    ],
    ['beyond the root', { [ENTRY]: 'extends: ../../etc\n' }, ['MODEL_EXTENDS_OUTSIDE 1:10']],
    ['beyond the root and back', { [ENTRY]: 'extends: ../../main/base\n' }, ['MODEL_EXTENDS_OUTSIDE 1:10']],
    ['an absolute path', { [ENTRY]: 'extends: /etc\n' }, ['MODEL_EXTENDS_OUTSIDE 1:10']],
    ['a path with backslashes', { [ENTRY]: 'extends: ..\\base\n' }, ['MODEL_EXTENDS_OUTSIDE 1:10']],
    ['nothing', { [ENTRY]: 'extends: ""\n' }, ['MODEL_EXTENDS_OUTSIDE 1:10']],
    ['what does not exist', { [ENTRY]: 'extends: ../missing\n' }, ['MODEL_EXTENDS_MISSING 1:10']],
    ['a list', { [ENTRY]: 'extends: [../a]\n' }, ['MODEL_WRONG_TYPE 1:10']],
    [
      'a broken file',
      { [ENTRY]: 'extends: ../a\n', 'a/environment.yaml': 'a:\n\tb: 1\n' },
      ['MODEL_YAML_TAB a/environment.yaml:2:1'],
    ],
  ])('refuses to extend %s', (_, files, expected) => {
    expect(places(parseFiles(files))).toEqual(expected);
  });
});
