import { expect, test } from 'vitest';

import { formatLsn } from './postgres.ts';
import { parseGuardStatus, parseReply } from '../guard-client.ts';
import { holdsEverything } from '../switchover.ts';

test('an LSN reads as PostgreSQL writes it', () => {
  expect(formatLsn(0x16_b374_d848n)).toBe('16/B374D848');
  expect(formatLsn(0n)).toBe('0/0');
});

test('a reply is its body and its status code', () => {
  expect(parseReply('{"record":null}\n200')).toEqual({ kind: 'accepted', body: { record: null } });
  expect(parseReply('{"code":"TERM_TOO_LOW","reason":"term 3 is known"}\n409')).toEqual({
    kind: 'refused',
    reason: 'TERM_TOO_LOW: term 3 is known',
  });
  expect(parseReply('\n500')).toEqual({ kind: 'refused', reason: 'HTTP 500' });
});

test('a text that is no guard status is none', () => {
  expect(parseGuardStatus('')).toBeUndefined();
  expect(parseGuardStatus('{"server":"db1"}')).toBeUndefined();
});

test('a hand-over is proved only by a clean stop that the target has received whole', () => {
  const old = { state: 'stopped', role: 'none', timeline: 1, lsn: '100', cleanShutdown: true } as const;
  const next = { state: 'running', role: 'replica', timeline: 1, lsn: '100' } as const;
  expect(holdsEverything(old, next)).toBe(true);
  expect(holdsEverything(old, { ...next, lsn: '99' })).toBe(false);
  expect(holdsEverything({ ...old, cleanShutdown: false }, next)).toBe(false);
  expect(holdsEverything(old, { ...next, timeline: 2 })).toBe(false);
  expect(holdsEverything({ ...old, state: 'running' }, next)).toBe(false);
});
