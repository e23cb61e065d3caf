import { expect, it } from 'vitest';

import { parseWrapperFacts, withProvisioned } from './wrapper-facts.ts';

const written = (roles: string) => parseWrapperFacts(`state=running\nstart_id=a\nroles=${roles}\n`, undefined);

it('says of an open engine alone whether its databases are made', () => {
  const open = { state: 'running', role: 'primary', admits: true } as const;
  expect(withProvisioned(open, written('made'))).toEqual({ ...open, provisioned: true });
  expect(withProvisioned(open, written('missing'))).toEqual({ ...open, provisioned: false });
  expect(withProvisioned(open, parseWrapperFacts('state=running\n', undefined))).toEqual(open);
});

it('says nothing of it while the engine is closed, whatever was written before', () => {
  const closed = { state: 'running', role: 'primary', admits: false } as const;
  expect(withProvisioned(closed, written('made'))).toEqual(closed);
  expect(withProvisioned({ state: 'running', role: 'replica' }, written('made'))).not.toHaveProperty('provisioned');
});
