import { expect, it } from 'vitest';

import { jsonSchema } from './json-schema.ts';

const text = `${JSON.stringify(jsonSchema(), null, 2)}\n`;

it('is the committed schema', async () => {
  await expect(text).toMatchFileSnapshot('../environment.schema.json');
});

it('refers only to definitions that it has', () => {
  const definitions = Object.keys(Object(jsonSchema()['definitions']));
  const references = [...text.matchAll(/"\$ref": "#\/definitions\/([^"]+)"/g)].map(([, name]) => name ?? '');
  expect(references.length).toBeGreaterThan(0);
  expect(references.filter((name) => !definitions.includes(name))).toEqual([]);
});

it('requires nothing of a layer', () => {
  const [, layered] = jsonSchema()['allOf'] as readonly object[]; // the second case is the one of files with `extends`
  expect(JSON.stringify(Object(layered).else)).not.toContain('"required"');
});
