import { expect, test } from 'vitest';

import { parseGuardStatus, parseReply } from './guard-client.ts';

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
