import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { mysqlSettings } from './mysql-settings.ts';

const database = (tuning: string, kind = 'mysql', image = 'IMAGE') =>
  fleet({
    services: `  db: { kind: ${kind}, image: ${image}, primary: a, databases: [x], memory: 1GiB, tuning: { ${tuning} } }`,
  });

describe('mysql-settings', () => {
  it.each([
    '',
    'innodb_buffer_pool_size: 512M, max_connections: 200, sql_mode: "STRICT_ALL_TABLES"',
    'sync_relay_log: 1, binlog_cache_size: 65536, binlog_row_image: minimal, log_error_verbosity: 3',
    'read_buffer_size: 131072, transaction_read_only: off, innodb_doublewrite_pages: 64, innodb_flush_method: O_DIRECT',
    'default_storage_engine: InnoDB, innodb_checksum_algorithm: crc32, innodb_force_recovery: 0',
    'maximum_sort_buffer_size: 1048576, skip_show_database: on, binlog_row_event_max_size: 8192',
    'validate_password.policy: MEDIUM, audit_log_file: a.log, loose_my_plugin_limit: 1, performance_schema_digests_size: 500',
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
    'innodb_doublewrite',
    'skip_innodb_doublewrite',
    'loose_skip_log_bin',
    'disable_log_bin',
    'innodb_read_only',
    'binlog_ignore_db',
    'replicate_wild_ignore_table',
    'replica_skip_errors',
    'slave_exec_mode',
    'skip_grant_tables',
    'skip_name_resolve',
    'skip_networking',
    'innodb_log_group_home_dir',
    'wsrep_on',
    'initialize',
    'mysqlx_bind_address',
  ])('rejects %s, which is not free, at its name', (setting) => {
    const text = database(`${setting}: 1`);
    expect(found(mysqlSettings, text)).toEqual([`VALIDATE_SETTING_OWNED ${place(text, `${setting}: 1`)}`]);
    expect(found(mysqlSettings, database(`${setting}: 1`, 'mariadb'))).toHaveLength(1);
  });

  it('rejects what MySQL no longer has and says what took its place', () => {
    const text = database('query_cache_size: 0, max_connections: 5, tx_isolation: x', 'mysql', 'mysql:8.4.7');
    expect(found(mysqlSettings, text)).toEqual([
      `VALIDATE_SETTING_REMOVED ${place(text, 'query_cache_size')}`,
      `VALIDATE_SETTING_REMOVED ${place(text, 'tx_isolation')}`,
    ]);
    expect(mysqlSettings.check(parse(text))[1]?.hint).toContain('transaction_isolation');
  });

  it('rejects a name that the engine does not have, and says which was meant', () => {
    const text = database('innodb_bufer_pool_size: 1G');
    expect(found(mysqlSettings, text)).toEqual([`VALIDATE_SETTING_UNKNOWN ${place(text, 'innodb_bufer')}`]);
    expect(mysqlSettings.check(parse(text))[0]?.hint).toContain('"innodb_buffer_pool_size"');
    // A variable of a session, which no option file sets.
    expect(found(mysqlSettings, database('time_zone: UTC'))).toHaveLength(1);
    expect(found(mysqlSettings, database('max_conections: 5', 'mariadb'))).toEqual([
      expect.stringContaining('VALIDATE_SETTING_UNKNOWN'),
    ]);
    expect(found(mysqlSettings, database('innodb_redo_log_capacity: 1G', 'mariadb'))).toHaveLength(1);
  });

  it.each([
    ['mysql', 'max_connections: many', 'misread'],
    ['mysql', 'max_connections: 1.5', 'misread'],
    ['mysql', 'max_connections: 200000', 'nearest'],
    ['mysql', 'innodb_buffer_pool_size: "1e9"', 'misread'],
    ['mysql', 'innodb_buffer_pool_size: 1M', 'nearest'],
    ['mysql', 'slow_query_log: yes', 'for off'],
    ['mysql', 'long_query_time: 2s', 'misread'],
    ['mysql', 'max_connections: on', 'misread'],
    ['mariadb', 'slow_query_log: maybe', 'for off'],
    ['mariadb', 'max_connections: 5', 'nearest'],
    ['mariadb', 'binlog_row_image: some', 'refuse'],
    ['mariadb', 'use_stat_tables: prefer', 'refuse'],
    ['mariadb', 'long_query_time: -1', 'nearest'],
  ])('rejects a value that %s does not take, at its place: %s', (kind, tuning, effect) => {
    const text = database(tuning, kind);
    const value = tuning.split(': ')[1] ?? '';
    expect(found(mysqlSettings, text)).toEqual([`VALIDATE_SETTING_VALUE ${place(text, value)}`]);
    expect(mysqlSettings.check(parse(text))[0]?.message).toContain(effect);
  });

  it.each([
    ['mysql', 'slow_query_log: true, local_infile: 0, max_connections: "1K", long_query_time: 0.5, autocommit: OFF'],
    ['mysql', 'innodb_buffer_pool_size: 512MB, performance_schema_digests_size: -1, innodb_max_dirty_pages_pct: 90'],
    ['mariadb', 'binlog_row_image: NOBLOB, query_cache_type: 0, use_stat_tables: nev, long_query_time: 1e1'],
  ])('accepts what %s takes in every way of writing it: %s', (kind, tuning) => {
    expect(found(mysqlSettings, database(tuning, kind))).toEqual([]);
  });

  it('knows the bounds of the known series alone, and the form of a number of every one', () => {
    expect(found(mysqlSettings, database('max_connections: 200000', 'mysql', 'mysql:8.4.7'))).toEqual([]);
    expect(found(mysqlSettings, database('max_connections: many', 'mysql', 'mysql:8.4.7'))).toHaveLength(1);
  });

  it('only doubts it when the image names another series', () => {
    const codes = (kind: string, image: string) =>
      mysqlSettings.check(parse(database('innodb_something_new: 1', kind, image))).map(({ code }) => code);
    expect(codes('mysql', 'mysql:8.4.7')).toEqual(['VALIDATE_SETTING_UNSURE']);
    expect(codes('mysql', 'mysql:9.7.0')).toEqual(['VALIDATE_SETTING_UNKNOWN']);
    expect(codes('mariadb', 'mariadb:12.3.1')).toEqual(['VALIDATE_SETTING_UNSURE']);
    expect(codes('mariadb', 'mariadb:11.8.3')).toEqual(['VALIDATE_SETTING_UNKNOWN']);
  });

  it('rejects values that give up durability, and warns of those that pass over damage', () => {
    const text = database('innodb_flush_method: nosync');
    expect(found(mysqlSettings, text)).toEqual([`VALIDATE_SETTING_OWNED ${place(text, 'nosync')}`]);
    for (const tuning of [
      'innodb_checksum_algorithm: none',
      'innodb_log_checksums: off',
      'innodb_force_recovery: 1',
      'default_storage_engine: MyISAM',
    ]) {
      const warned = database(tuning);
      expect(found(mysqlSettings, warned)).toEqual([
        `VALIDATE_SETTING_LOSSY ${place(warned, `${tuning.split(' ')[1]} } }`)}`,
      ]);
    }
  });

  it('leaves to MariaDB what it still has, and to PostgreSQL everything', () => {
    expect(
      found(
        mysqlSettings,
        database('query_cache_size: 0, innodb_log_file_size: 96M, innodb_log_files_in_group: 2', 'mariadb'),
      ),
    ).toEqual([]);
    expect(found(mysqlSettings, database('port: 1', 'postgres'))).toEqual([]);
  });
});
