import type { GuardVerdict } from '@flotilla/model';
import { expect, test } from 'vitest';

import type { OrderReply } from './orders.ts';
import { returnOf } from './return.ts';

const SUPERSEDED: GuardVerdict = { kind: 'closed', reason: 'superseded', isSuperseded: true };
const service = {
  service: 'database',
  kind: 'postgres',
  control: 'guard',
  members: ['db1', 'db2'],
  port: 5432,
} as const;

function bench(reply: OrderReply = { kind: 'done', record: null }) {
  const asked: unknown[] = [];
  const state = { verdict: SUPERSEDED, term: 2, nowMs: 0 };
  const watch = {
    get verdict() {
      return state.verdict;
    },
    get record() {
      return { term: state.term, holder: 'db2', phase: 'promoted', at: '' } as const;
    },
    options: { log: () => undefined, service },
  };
  const orders = (name: string, body: unknown) => {
    asked.push([name, body]);
    return Promise.resolve(reply);
  };
  return { asked, state, tick: returnOf(watch, { orders, monotonic: () => state.nowMs }) };
}

test('a member that stays superseded is returned in that term', async () => {
  const { asked, tick } = bench();
  await tick();
  expect(asked).toEqual([]);
  await tick();
  expect(asked).toEqual([['rejoin', { term: 2 }]]);
});

test('a member that was superseded for one look only is left alone', async () => {
  const { asked, state, tick } = bench();
  await tick();
  state.verdict = { kind: 'closed', reason: 'no majority' };
  await tick();
  state.verdict = SUPERSEDED;
  await tick();
  expect(asked).toEqual([]);
});

test('a term that changes between two looks starts the count anew', async () => {
  const { asked, state, tick } = bench();
  await tick();
  state.term = 3;
  await tick();
  expect(asked).toEqual([]);
  await tick();
  expect(asked).toEqual([['rejoin', { term: 3 }]]);
});

test('a refused return is not tried again for a minute', async () => {
  const { asked, state, tick } = bench({ kind: 'refused', code: 'NO_SPACE', reason: 'full' });
  await tick();
  await tick();
  state.nowMs = 60_000;
  await tick();
  expect(asked).toHaveLength(1);
  state.nowMs = 60_001;
  await tick();
  expect(asked).toHaveLength(2);
});

test.each([
  ['ahead', 1],
  ['behind', 0],
] as const)('a replica that is stranded %s is returned %i times', async (stranded, times) => {
  const { asked, state, tick } = bench();
  state.verdict = { kind: 'replica', of: 'db2', term: 2, stranded };
  await tick();
  await tick();
  expect(asked).toHaveLength(times);
});
