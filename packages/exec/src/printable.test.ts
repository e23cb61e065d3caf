import { expect, it } from 'vitest';

import { printable } from './printable.ts';

it('keeps text, tabs and line ends', () => {
  expect(printable('a\tb\nc größe 🚢\n')).toBe('a\tb\nc größe 🚢\n');
});

it('removes colours, cursor movements and window titles', () => {
  expect(printable('\u001b[31mred\u001b[0m \u001b[2J\u001b]0;title\u0007end')).toBe('red end');
});

it('removes carriage returns, bells, C1 controls and direction overrides', () => {
  expect(printable('a\rb\u0007c\u009b31md\u202ee\r\n')).toBe('abc31mde\n');
});

it('keeps brackets after a line end', () => {
  expect(printable('x\n[info] y')).toBe('x\n[info] y');
});
