import { expect, test } from 'vitest';

import { splitParameters } from './parameters.ts';

test('what a replica may not have lower than its primary is shared, the rest is local', () => {
  expect(
    splitParameters([
      ['max_connections', 100],
      ['work_mem', '4MB'],
      ['wal_keep_size', '64MB'],
    ]),
  ).toEqual({
    shared: { max_connections: 100, wal_keep_size: '64MB' },
    local: { work_mem: '4MB' },
  });
});

test('a value that Patroni would replace by its default becomes the lowest that it takes', () => {
  expect(splitParameters([['max_connections', 20]]).shared).toEqual({ max_connections: 25 });
  expect(splitParameters([['max_connections', 25]]).shared).toEqual({ max_connections: 25 });
});

test('a boolean is written as PostgreSQL writes it, and what Patroni sets itself is left out', () => {
  expect(
    splitParameters([
      ['jit', false],
      ['wal_log_hints', true],
      ['hot_standby', true],
    ]),
  ).toEqual({
    shared: { wal_log_hints: 'on' },
    local: { jit: 'off' },
  });
});
