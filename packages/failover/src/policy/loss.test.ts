import type { EngineFacts } from '@flotilla/model';
import { expect, test } from 'vitest';

import { estimateLoss, lastSighting } from './loss.ts';
import { DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './testing.ts';

const CHANGE = { from: 'db1', to: 'db2', control: 'guard' } as const;

function seenBy(server: string, agoMs: number, engine: Partial<EngineFacts> = {}) {
  return {
    [server]: { guard: statusOf(server, { seen: { db1: { engine: { ...PRIMARY_ENGINE, ...engine }, agoMs } } }) },
  };
}

test('what the guards saw last on the old primary and the target lacks is the least that is lost', () => {
  const view = viewOf({ db1: DEAD, ...seenBy('lb', 900, { lsn: '1995' }), ...seenBy('app1', 400, { lsn: '1999' }) });
  expect(estimateLoss(view, CHANGE)).toMatchObject({
    isPossible: true,
    missing: { amount: 9n, unit: 'bytes' },
    lastSeen: { agoMs: 400, position: '0/7CF on timeline 1' },
    received: '0/7C6 on timeline 1',
  });
});

test('nobody knows what is lost where nobody remembers the old primary, and then it is possible', () => {
  expect(estimateLoss(viewOf({ db1: DEAD }), CHANGE)).toEqual({ isPossible: true, received: '0/7C6 on timeline 1' });
});

test('a cleanly stopped primary whose every byte the target has loses nothing', () => {
  const engine = { ...PRIMARY_ENGINE, state: 'stopped', role: 'none', lsn: '1990', cleanShutdown: true } as const;
  const stopped = (change: object) => viewOf({ db1: { guard: statusOf('db1', { engine: { ...engine, ...change } }) } });
  expect(estimateLoss(stopped({}), CHANGE).isPossible).toBe(false);
  expect(estimateLoss(stopped({ lsn: '1991' }), CHANGE).isPossible).toBe(true);
  expect(estimateLoss(stopped({ cleanShutdown: false }), CHANGE).isPossible).toBe(true);
});

test('under strict nothing is lost while every other member is seen, and none holds more than the target', () => {
  const strict = { synchronous: { mode: 'strict', state: 'synced', standbys: ['db2', 'db3'] } } as const;
  const of = (db3: object, mode: object = strict) => {
    const view = viewOf({ db1: DEAD, ...seenBy('lb', 400, mode) });
    const third = { server: 'db3', reachable: true, container: 'running', unseenPeers: ['db1'], ...db3 } as const;
    return estimateLoss({ ...view, members: ['db1', 'db2', 'db3'], servers: [...view.servers, third] }, CHANGE)
      .isPossible;
  };
  const at = (lsn: string) => ({ guard: statusOf('db3', { engine: { ...REPLICA_ENGINE, lsn } }) });
  expect(of(at('1990'))).toBe(false);
  expect(of(at('1991'))).toBe(true);
  expect(of({})).toBe(true);
  expect(of(at('1990'), { synchronous: { ...strict.synchronous, mode: 'preferred' } })).toBe(true);
});

test('the freshest memory counts', () => {
  expect(lastSighting(viewOf({ ...seenBy('lb', 900), ...seenBy('app1', 400) }), 'db1')?.agoMs).toBe(400);
  expect(lastSighting(viewOf(), 'db1')).toBeUndefined();
});
