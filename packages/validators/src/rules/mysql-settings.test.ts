import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { mysqlSettings } from './mysql-settings.ts';

const database = (tuning: string, kind = 'mysql') =>
  fleet({
    services: `  db: { kind: ${kind}, image: IMAGE, primary: a, databases: [x], memory: 1GiB, tuning: { ${tuning} } }`,
  });

describe('mysql-settings', () => {
  it.each([
    '',
    'innodb_buffer_pool_size: 512M, max_connections: 200, sql_mode: "STRICT_ALL_TABLES"',
    'sync_relay_log: 1, binlog_cache_size: 65536, binlog_row_image: minimal, log_error_verbosity: 3',
    'read_buffer_size: 131072, transaction_read_only: off, report: off',
  ])('accepts tuning { %s }', (tuning) => {
    expect(found(mysqlSettings, database(tuning))).toEqual([]);
  });

  it.each([
    'super_read_only',
    'read_only',
    'gtid_mode',
    'server_id',
    'log_bin',
    'sync_binlog',
    'relay_log_recovery',
    'rpl_semi_sync_source_timeout',
    'loose_group_replication_group_name',
    'bind_address',
    'port',
    'expire_logs_days',
  ])('rejects %s, which Flotilla sets, at its name', (setting) => {
    const text = database(`${setting}: 1`);
    expect(found(mysqlSettings, text)).toEqual([`VALIDATE_SETTING_OWNED ${place(text, `${setting}: 1`)}`]);
    expect(found(mysqlSettings, database(`${setting}: 1`, 'mariadb'))).toHaveLength(1);
  });

  it('rejects what MySQL no longer has and says what took its place', () => {
    const text = database('query_cache_size: 0, max_connections: 5, tx_isolation: x');
    expect(found(mysqlSettings, text)).toEqual([
      `VALIDATE_SETTING_REMOVED ${place(text, 'query_cache_size')}`,
      `VALIDATE_SETTING_REMOVED ${place(text, 'tx_isolation')}`,
    ]);
    expect(mysqlSettings.check(parse(text))[1]?.hint).toContain('transaction_isolation');
  });

  it('leaves to MariaDB what it still has, and to PostgreSQL everything', () => {
    expect(found(mysqlSettings, database('query_cache_size: 0, innodb_log_file_size: 96M', 'mariadb'))).toEqual([]);
    expect(found(mysqlSettings, database('port: 1', 'postgres'))).toEqual([]);
  });
});
