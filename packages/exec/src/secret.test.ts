import { inspect } from 'node:util';

import { expect, it } from 'vitest';

import { Secret } from './secret.ts';

it('shows its value only through reveal', () => {
  const secret = new Secret('hunter2');
  const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true, depth: 5 })];
  expect(shown.join(' ')).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});
