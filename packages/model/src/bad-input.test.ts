import { describe, expect, it } from 'vitest';

import { changed, findingsOf, parseFiles, places, VALID } from '../test/input.ts';

/** Ten levels of ten aliases each: ten thousand million values. */
function aliasBomb(merge: boolean): string {
  const lines = ['x-0: &a0 { k: v }'];
  for (let level = 1; level <= 10; level += 1) {
    const list = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
    lines.push(merge ? `x-${level}: &a${level} { <<: [${list}], k${level}: v }` : `x-${level}: &a${level} [${list}]`);
  }
  return `${lines.join('\n')}\n${VALID}`;
}

describe('texts that are no environment', () => {
  it.each([
    ['an empty file', '', ['MODEL_EMPTY 1:1']],
    ['nothing but comments', '# later\n\n', ['MODEL_EMPTY 1:1']],
    ['an empty document', '---\n', ['MODEL_EMPTY 1:1']],
    ['a list', '- a\n- b\n', ['MODEL_NOT_A_MAPPING 1:1']],
    ['a word', 'hello', ['MODEL_NOT_A_MAPPING 1:1']],
    ['several documents', `${VALID}---\na: 1\n`, ['MODEL_SEVERAL_DOCUMENTS 21:1']],
    ['several empty documents', '---\n---\n', ['MODEL_SEVERAL_DOCUMENTS 2:1']],
    ['tabs as indentation', 'servers:\n\tapp1: {}\n', ['MODEL_YAML_TAB 2:1']],
    ['a tab before the first key', '\tservers: {}\n', ['MODEL_YAML_TAB 1:1']],
    ['spaces and tabs mixed', 'a:\n  - b\n \t- c\n', ['MODEL_YAML_TAB 3:2']],
    ['a quote that never ends', 'environment: "demo\n', ['MODEL_YAML_SYNTAX 1:19']],
    ['a bracket that never ends', 'a: [1, 2\nb: 3\n', ['MODEL_YAML_SYNTAX 2:1']],
    ['a duplicate key', changed('port: 3000', 'port: 3000\n    port: 80'), ['MODEL_DUPLICATE_KEY 13:5']],
    ['a __proto__ key', changed('port: 3000', 'port: 3000\n    __proto__: { a: 1 }'), ['MODEL_RESERVED_KEY 13:5']],
    ['a list as a key', '? [a]\n: 1\n', ['MODEL_KEY_NOT_TEXT 1:3']],
    ['a tag', changed('port: 3000', 'port: !!str 3000'), ['MODEL_YAML_TAG 12:11']],
    ['a null byte', 'environment: de\u0000mo\n', ['MODEL_TEXT_ENCODING 1:16']],
    ['an escape sequence of a terminal', 'a: 1\nb: \u001b[31m\n', ['MODEL_TEXT_ENCODING 2:4']],
    ['bytes that are not UTF-8', 'a: \ufffd\n', ['MODEL_TEXT_ENCODING 1:4']],
    ['half a character', 'a: \ud800\n', ['MODEL_TEXT_ENCODING 1:4']],
    ['a control character by escape', 'a: "\\a"\n', ['MODEL_TEXT_ENCODING 1:4']],
    ['an alias without anchor', 'a: *b\n', ['MODEL_ALIAS_UNKNOWN 1:4']],
    ['an alias inside its anchor', 'a: &a [*a]\n', ['MODEL_ALIAS_CYCLE 1:8']],
    ['a merge of text', 'a: { <<: text }\n', ['MODEL_MERGE_KEY 1:10']],
    ['nesting without end', '['.repeat(50_000), ['MODEL_YAML_SYNTAX 1:100']],
  ])('reports %s', (_, text, expected) => {
    expect(findingsOf(text)).toEqual(expected);
  });

  it('reads a file that begins with a byte order mark', () => {
    expect(findingsOf(`\ufeff${VALID}`)).toEqual([]);
    expect(findingsOf('\ufeff- a')).toEqual(['MODEL_NOT_A_MAPPING 1:1']);
  });

  it('reads lines that end as on Windows', () => {
    expect(findingsOf(VALID.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it('reports every fault that the text itself has', () => {
    expect(findingsOf('a: *b\na: 1\nc: !x 1\n')).toEqual([
      'MODEL_ALIAS_UNKNOWN 1:4',
      'MODEL_DUPLICATE_KEY 2:1',
      'MODEL_YAML_TAG 3:4',
    ]);
  });

  it('refuses a file of ten megabytes without parsing it', () => {
    expect(findingsOf('a: b\n'.repeat(2_000_000))).toEqual(['MODEL_FILE_TOO_LARGE 1:1']);
  });

  it.each([false, true])('stops at aliases that grow without bound (merge keys: %s)', (merge) => {
    expect(findingsOf(aliasBomb(merge)).map((place) => place.split(' ')[0])).toEqual(['MODEL_ALIAS_BOMB']);
  });

  it.each([
    ['keys', (index: number) => `key${index}: 1\n`, ''],
    ['duplicates', () => 'a: 1\n', ''],
    ['faults inside of a list', () => '{ a: b },', 'environment: a\nservices: { a: { kind: worker, uses: ['],
  ])('lists a bounded number of faults for a file of wrong %s', (_, line, before) => {
    const text = before + Array.from({ length: 200_000 }, (_unused, index) => line(index)).join('');
    const places = findingsOf(before === '' ? text : `${text}] } }`);
    expect(places.length).toBeLessThan(1_100);
    expect(places.some((place) => place.startsWith('MODEL_TOO_MANY_FAULTS'))).toBe(true);
  });

  it('does not let a key reach the prototype of objects', () => {
    findingsOf('__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('says that the file is missing', () => {
    expect(places(parseFiles({}))).toEqual(['MODEL_FILE_MISSING 1:1']);
  });

  it('gives every finding a message on one short line and a hint', () => {
    const result = parseFiles({ 'env/environment.yaml': changed('port: 3000', `"${'long key '.repeat(5_000)}": 1`) });
    if (result.kind === 'parsed') throw new Error('expected findings');
    for (const { message, hint } of result.findings) {
      expect(message.length).toBeLessThan(300);
      expect(hint).toBeTruthy();
    }
  });
});
