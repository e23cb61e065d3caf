import { describe, expect, it } from 'vitest';

import { settingLine } from './settings.ts';
import { tuneMysql } from './tuning.ts';

const GIB = 2 ** 30;

function tuned(parts: Partial<Parameters<typeof tuneMysql>[0]> = {}): ReadonlyMap<string, unknown> {
  const { restart, reload } = tuneMysql({
    kind: 'mysql',
    memory: 4 * GIB,
    tuning: {},
    binlogKeep: 86_400_000,
    ...parts,
  });
  return new Map([...restart, ...reload]);
}

describe('tuneMysql', () => {
  it('gives half of the memory to the cache, and less of a little', () => {
    expect(tuned().get('innodb_buffer_pool_size')).toBe(2 * GIB);
    expect(tuned({ memory: GIB / 2 }).get('innodb_buffer_pool_size')).toBe(GIB / 8);
    expect(tuned({ memory: GIB / 16 }).get('innodb_buffer_pool_size')).toBe(64 * 2 ** 20);
  });

  it('keeps binary logs for as long as the environment says, in whole seconds', () => {
    expect(tuned().get('binlog_expire_logs_seconds')).toBe(86_400);
    expect(tuned({ binlogKeep: 1_500 }).get('binlog_expire_logs_seconds')).toBe(2);
  });

  it('lets what is written win, and tells what a restart takes from what a reload takes', () => {
    const written = { max_connections: 7, innodb_read_io_threads: 8 };
    const { restart, reload } = tuneMysql({ kind: 'mysql', memory: GIB, tuning: written, binlogKeep: 1_000 });
    expect(reload).toContainEqual(['max_connections', 7]);
    expect(restart).toContainEqual(['innodb_read_io_threads', 8]);
  });

  it('names the log of each kind as its server does', () => {
    expect([...tuned().keys()]).toContain('innodb_redo_log_capacity');
    expect([...tuned({ kind: 'mariadb' }).keys()]).toContain('innodb_log_file_size');
  });
});

describe('settingLine', () => {
  it.each([
    ['max_connections', 100, 'max_connections = 100'],
    ['slow_query_log', true, 'slow_query_log = ON'],
    ['innodb_buffer_pool_size', '2G', 'innodb_buffer_pool_size = 2147483648'],
    ['innodb_buffer_pool_size', '2GiB', 'innodb_buffer_pool_size = 2147483648'],
    ['long_query_time', '0.5', 'long_query_time = 0.5'],
    ['sql_mode', "STRICT_ALL_TABLES,ANSI'", "sql_mode = 'STRICT_ALL_TABLES,ANSI\\''"],
  ])('writes %s so that an option file and SET GLOBAL read the same', (name, value, line) => {
    expect(settingLine(name, value)).toBe(line);
  });
});
