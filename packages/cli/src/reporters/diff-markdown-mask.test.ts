import { describe, expect, it } from 'vitest';

import { createMask } from './diff-markdown-mask.ts';

describe('createMask', () => {
  it.each([
    ['DB_PASSWORD: hunter2', 'DB_PASSWORD: (hidden 1)'],
    ['  - DB_PASSWORD=hunter2', '  - DB_PASSWORD=(hidden 1)'],
    ['"api_key": "hunter2",', '"api_key": (hidden 1)'],
    ['export TOKEN=hunter2', 'export TOKEN=(hidden 1)'],
    ['url: http://u:hunter2@x/', 'url: http://u:(hidden 1)@x/'],
  ])('hides the value in %s', (line, masked) => {
    expect(createMask()(line)).toBe(masked);
  });

  it.each(['DB_PASSWORD: $${DB_PASSWORD}', 'DB_PASSWORD_FILE: /run/x', 'password_encryption = scram-sha-256', 'a: b'])(
    'leaves %s as it is',
    (line) => {
      expect(createMask()(line)).toBe(line);
    },
  );

  it('hides every line of a block and of a private key, and nothing after them', () => {
    const block = createMask()('a:\n  SECRET: |\n    one\n\n    two\n  b: 1');
    expect(block).toBe('a:\n  SECRET: |\n    (hidden 1)\n\n    (hidden 2)\n  b: 1');
    const key = createMask()('x\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\ny');
    expect(key).toBe('x\n(hidden 1)\n(hidden 2)\n(hidden 3)\ny');
  });

  it('gives equal secrets equal words in every text, also when quoted otherwise', () => {
    const mask = createMask();
    expect([mask('A_TOKEN: "one"'), mask('B_TOKEN: two'), mask('C_TOKEN: one')]).toEqual([
      'A_TOKEN: (hidden 1)',
      'B_TOKEN: (hidden 2)',
      'C_TOKEN: (hidden 1)',
    ]);
  });

  it.each(['y', 'a.', 'a b', ' ', '"', 'PASSWORD'])('reads a line of a megabyte of "%s" in linear time', (unit) => {
    const line = unit.repeat(1_000_000 / unit.length);
    expect(createMask()(line)).toBe(line);
  });
});
