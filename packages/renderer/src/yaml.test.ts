import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';

import { formatYaml } from './yaml.ts';

describe('formatYaml', () => {
  it.each([
    '',
    ' ',
    'yes',
    'No',
    '~',
    'null',
    '0123',
    '1_000',
    '1:30',
    '0x1F',
    '-1',
    '.5',
    '2020-01-01',
    'a: b',
    'a:',
    'a #b',
    '#a',
    "it's",
    '"q"',
    '\\n',
    '- a',
    '*a',
    '&a',
    '!a',
    '{a}',
    '[a]',
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    '?',
    'a\nb',
    'a\n\n  b\n',
    '\t',
    'ü',
    '\u2028',
    '\u0007',
    '😀',
    'nginx:1.28@sha256:ab',
    '/a/b:/c:ro',
    '192.0.2.1:80:80',
    'daemon off;',
    '=',
    '<<',
  ])('keeps the text %j as a value, as an item and as a key', (text) => {
    const document = { value: text, list: [text], [text]: 1 };
    expect(load(formatYaml(document))).toEqual(document);
  });

  it('indents by two and keeps the order of keys', () => {
    const text = formatYaml({ b: { c: [1, 'x'], a: true }, a: undefined, list: [], map: {} });
    expect(text).toBe('b:\n  c:\n    - 1\n    - x\n  a: true\nlist: []\nmap: {}\n');
  });
});
