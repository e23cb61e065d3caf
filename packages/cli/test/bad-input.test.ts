import { readdir } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { rightYaml, withRepository } from './support/repository.ts';

const entry = 'environments/shop/environment.yaml';
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((name, index) => {
    const previous = `*${'abcdefgh'[index] ?? ''}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => previous).join(', ')}]`;
  }),
  'environment: shop',
  '',
].join('\n');

const cases: readonly (readonly [string, string, string])[] = [
  ['an unknown key', rightYaml.replace('memory: 256MiB', 'memry: 256MiB'), 'MODEL_UNKNOWN_KEY'],
  ['a wrong type', rightYaml.replace('port: 3000', 'port: many'), 'MODEL_WRONG_TYPE'],
  ['tabs for indentation', rightYaml.replace('    kind: app', '\tkind: app'), 'MODEL_YAML_TAB'],
  ['duplicate keys', `${rightYaml}environment: again\n`, 'MODEL_DUPLICATE_KEY'],
  ['an empty file', '', 'MODEL_EMPTY'],
  ['a file of 10 MB', `${rightYaml}# ${'x'.repeat(10_000_000)}\n`, 'MODEL_FILE_TOO_LARGE'],
  ['a server that does not exist', rightYaml.replace('on: [front]', 'on: [back]'), 'VALIDATE_UNKNOWN_SERVER'],
  ['a cycle in extends', `${rightYaml}extends: ../shop\n`, 'MODEL_EXTENDS_CYCLE'],
  ['a bomb of YAML aliases', bomb, 'MODEL_ALIAS_BOMB'],
  ['a path in extends that leaves the repository', `${rightYaml}extends: ../../../etc\n`, 'MODEL_EXTENDS_OUTSIDE'],
];

test.concurrent.each(cases)('refuses %s: exit code 2, a place, and nothing is written', async (_, text, code) => {
  await withRepository({ [entry]: text }, async ({ root, flotilla }) => {
    const validated = await flotilla('validate', 'shop');
    expect(validated.exitCode).toBe(2);
    expect(validated.stdout).toMatch(/^environments\/shop\/environment\.yaml:\d+:\d+ error [A-Z_]+ \S/m);
    expect(validated.stdout).toContain(code);
    const rendered = await flotilla('render', 'shop');
    expect(rendered.exitCode).toBe(2);
    expect(rendered.stdout).toBe('');
    expect(rendered.stderr).toMatch(/^environments\/shop\/environment\.yaml:\d+:\d+ error [A-Z_]+ \S/m);
    expect(await readdir(root)).toEqual(['environments']);
  });
});

test('points at the very character, below the source line', async () => {
  const text = rightYaml.replace('memory: 256MiB', 'memory: 256MiB\n    memry: 256MiB');
  await withRepository({ [entry]: text }, async ({ flotilla }) => {
    const [head, hint, source, caret] = (await flotilla('validate', 'shop')).stdout.split('\n');
    expect(head).toMatch(/^environments\/shop\/environment\.yaml:12:5 error MODEL_UNKNOWN_KEY/);
    expect(hint).toMatch(/^ {2}hint: \S/);
    expect(source).toBe('  12 |     memry: 256MiB');
    expect(caret?.indexOf('^')).toBe(source?.indexOf('memry'));
  });
});
