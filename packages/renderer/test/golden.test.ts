import { describe, expect, it } from 'vitest';

import { GOLDEN_CASES, readExpected, renderCase } from './golden-cases.ts';

describe.each(GOLDEN_CASES)('the golden tree of $name', (golden) => {
  const rendered = renderCase(golden);
  const expected = readExpected(golden);

  it('has exactly the expected files', () => {
    expect([...rendered.keys()].sort()).toEqual([...expected.keys()].sort());
  });

  it.each([...rendered.keys()])('renders %s as reviewed', (path) => {
    expect(rendered.get(path)).toBe(expected.get(path));
  });

  it('ends every file with one newline and has no carriage return', () => {
    const untidy = [...rendered].filter(([, text]) => !/[^\n]\n$/.test(text) || text.includes('\r'));
    expect(untidy.map(([path]) => path)).toEqual([]);
  });
});
