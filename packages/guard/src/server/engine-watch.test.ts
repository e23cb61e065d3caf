import type { EngineFacts, GuardVerdict } from '@flotilla/model';
import { expect, test } from 'vitest';

import type { Engine } from '../engines/engine.ts';
import { EngineWatch } from './engine-watch.ts';

const OPEN: GuardVerdict = { kind: 'open', term: 1 };
const CLOSED: GuardVerdict = { kind: 'closed', reason: '' };
const same = (facts: EngineFacts) => facts;

/** An engine that stays up, and opens only when the test lets it. */
function restingEngine() {
  let role: EngineFacts['role'] = 'none';
  let release: () => void = () => undefined;
  const told: string[] = [];
  const engine: Engine = {
    observe: () => Promise.resolve({ state: 'running', role, startId: 'a' }),
    promote: () => Promise.resolve({ kind: 'promoted' }),
    obey: async ({ kind }) => {
      if (kind === 'open') await new Promise<void>((resolve) => (release = resolve));
      role = kind === 'open' ? 'primary' : 'none';
      told.push(kind);
    },
    close: () => Promise.resolve(),
  };
  return { engine, told, open: () => release() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('an engine that is being opened counts as open, and as a primary for clients only once it says so', async () => {
  const { engine, open } = restingEngine();
  const watch = new EngineWatch(engine, () => 0);
  await watch.observe(same);
  expect(watch.facts.role).toBe('none');
  const opening = watch.obey(() => ({ verdict: OPEN, upstream: undefined }));
  await turn();
  expect(watch.facts.role).toBe('primary');
  expect(watch.isPrimary('a')).toBe(false);
  open();
  await opening;
  expect(watch.isPrimary('a')).toBe(true);
});

test('a close begins when the opening before it has ended, and what is told is decided only then', async () => {
  const { engine, told, open } = restingEngine();
  const watch = new EngineWatch(engine, () => 0);
  await watch.observe(same);
  let verdict: GuardVerdict = OPEN;
  const next = () => ({ verdict, upstream: undefined });
  const opening = watch.obey(next);
  await turn();
  verdict = CLOSED;
  const closing = watch.obey(next);
  await turn();
  expect(told).toEqual([]);
  open();
  await Promise.all([opening, closing]);
  expect(told).toEqual(['open', 'closed']);
  expect(watch.facts.role).toBe('none');
});

test('a primary that answers late stays one for a while, and one that refuses clients is none', async () => {
  let now = 0;
  let facts: EngineFacts = { state: 'running', role: 'primary', startId: 'a', admits: true };
  const { engine } = restingEngine();
  const watch = new EngineWatch({ ...engine, observe: () => Promise.resolve(facts) }, () => now);
  await watch.observe(same);
  expect(watch.isPrimary('a')).toBe(true);
  facts = { state: 'unknown', role: 'none' };
  now = 2_900;
  await watch.observe(same);
  expect(watch.isPrimary('a')).toBe(true);
  now = 3_100;
  expect(watch.isPrimary('a')).toBe(false);
  facts = { state: 'running', role: 'primary', startId: 'a', admits: false };
  await watch.observe(same);
  expect(watch.isPrimary('a')).toBe(false);
});
