import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { postgresSettings } from './postgres-settings.ts';

const database = (tuning: string, image = 'IMAGE') =>
  fleet({
    services: `  db: { kind: postgres, image: ${image}, primary: a, databases: [x], memory: 8GiB, tuning: { ${tuning} } }`,
  });
const codes = (tuning: string, image?: string) =>
  postgresSettings.check(parse(database(tuning, image))).map(({ code }) => code);

describe('postgres-settings', () => {
  it.each([
    '',
    'shared_buffers: 2GB, max_connections: 100, jit: off, random_page_cost: 1.1, wal_level: logical',
    'checkpoint_timeout: 15min, statement_timeout: 500us, vacuum_cost_delay: 2ms, deadlock_timeout: "1 s"',
    'autovacuum: true, synchronous_commit: true, huge_pages: "TRY", client_min_messages: debug',
    'default_transaction_isolation: repeatable read, ssl_max_protocol_version: ""',
    'timezone: Europe/Berlin, log_file_mode: "0640", log_line_prefix: "%m "',
    'archive_mode: on, archive_command: "test ! -f /x", synchronous_commit: local',
    'max_wal_senders: 2, max_replication_slots: 1',
    'wal_buffers: -1, autovacuum_work_mem: -1, effective_cache_size: 0.5GB',
    'application_name: x, zero_damaged_pages: off',
  ])('accepts tuning { %s }', (tuning) => {
    expect(codes(tuning)).toEqual([]);
  });

  it('rejects a setting that PostgreSQL does not have, at its name, and says which was meant', () => {
    const text = database('max_connection: 100');
    expect(found(postgresSettings, text)).toEqual([`VALIDATE_SETTING_UNKNOWN ${place(text, 'max_connection:')}`]);
    expect(postgresSettings.check(parse(text))[0]?.hint).toContain('"max_connections"');
  });

  it('leaves the settings of extensions alone', () => {
    expect(codes('pg_stat_statements.track: all, auto_explain.log_min_duration: 1parsec')).toEqual([]);
  });

  it.each([
    ['max_connections: many', 'many'],
    ['max_connections: 100MB', '100MB'],
    ['max_connections: 0', '0 } }'],
    ['max_connections: 1e99', '1e99'],
    ['checkpoint_timeout: 5m', '5m'],
    ['checkpoint_timeout: 10s', '10s'],
    ['random_page_cost: -1', '-1'],
    ['checkpoint_completion_target: 1.5', '1.5'],
    ['jit: maybe', 'maybe'],
    ['jit: o', 'o } }'],
    ['jit: 2', '2 } }'],
    ['jit: " on"', '" on"'],
    ['wal_level: logicl', 'logicl'],
    ['shared_buffers: true', 'true'],
    ['work_mem: 63kB', '63kB'],
    ['log_file_mode: 640', '640'],
  ])('rejects %s, at the value', (tuning, needle) => {
    const text = database(tuning);
    expect(found(postgresSettings, text)).toEqual([`VALIDATE_SETTING_VALUE ${place(text, needle)}`]);
  });

  it('says which word was meant, and what a number may be', () => {
    const hints = postgresSettings
      .check(parse(database('wal_level: logicl, checkpoint_timeout: 5m')))
      .map(({ hint }) => hint);
    expect(hints[0]).toBe('write logical');
    expect(hints[1]).toContain('from 30 to 86400 (in s)');
  });

  it('rejects sizes in units that PostgreSQL does not know', () => {
    const text = database('shared_buffers: 2GiB, work_mem: 4mb');
    expect(found(postgresSettings, text)).toEqual([
      `VALIDATE_TUNING_UNIT ${place(text, '2GiB')}`,
      `VALIDATE_TUNING_UNIT ${place(text, '4mb')}`,
    ]);
  });

  it.each([
    'hba_file',
    'port',
    'primary_conninfo',
    'recovery_target_timeline',
    'recovery_target',
    'recovery_min_apply_delay',
    'data_directory',
    'unix_socket_permissions',
    'password_encryption',
    'fsync',
    'full_page_writes',
    'data_sync_retry',
    'hot_standby',
    'wal_log_hints',
    'synchronous_standby_names',
    'max_slot_wal_keep_size',
  ])('rejects %s, whatever its value', (setting) => {
    const text = database(`${setting}: 1`);
    expect(found(postgresSettings, text)).toEqual([`VALIDATE_SETTING_OWNED ${place(text, `${setting}: 1`)}`]);
  });

  it.each(['wal_level: minimal', 'wal_level: MINIMAL', 'max_wal_senders: 0', 'max_replication_slots: 0'])(
    'rejects %s, with which nothing can follow, at the value',
    (tuning) => {
      const text = database(tuning);
      expect(found(postgresSettings, text)).toEqual([
        `VALIDATE_SETTING_OWNED ${place(text, `${tuning.split(' ')[1]} } }`)}`,
      ]);
    },
  );

  it('counts what every replica takes', () => {
    const two = (tuning: string) =>
      found(postgresSettings, database(tuning).replace('primary: a', 'primary: a, replicas: [b, c]'));
    expect(two('max_wal_senders: 4, max_replication_slots: 2')).toEqual([]);
    expect(two('max_wal_senders: 3')).toHaveLength(1);
    expect(two('max_replication_slots: 1')).toHaveLength(1);
  });

  it('warns of an acknowledgement that does not wait for the disk, and rejects one that synchronous forbids', () => {
    const text = database('synchronous_commit: off');
    expect(found(postgresSettings, text)).toEqual([`VALIDATE_SETTING_LOSSY ${place(text, 'off')}`]);
    expect(postgresSettings.check(parse(text))[0]?.severity).toBe('warning');
    for (const value of ['off', 'local', 'remote_write', 'on', 'remote_apply']) {
      const strict = database(`synchronous_commit: ${value}`).replace('primary: a', 'primary: a, synchronous: strict');
      const isKept = value === 'on' || value === 'remote_apply';
      expect(found(postgresSettings, strict)).toEqual(
        isKept ? [] : [`VALIDATE_SETTING_OWNED ${place(strict, `${value} } }`)}`],
      );
    }
  });

  it('warns of settings that pass over damage', () => {
    expect(codes('zero_damaged_pages: on')).toEqual(['VALIDATE_SETTING_LOSSY']);
    expect(codes('ignore_checksum_failure: false')).toEqual([]);
  });

  it('rejects what no configuration sets, and says what is meant instead', () => {
    expect(codes('block_size: 8192, server_version: "17"')).toEqual([
      'VALIDATE_SETTING_PRESET',
      'VALIDATE_SETTING_PRESET',
    ]);
    const [found] = postgresSettings.check(parse(database('transaction_isolation: serializable')));
    expect(found?.hint).toBe('write default_transaction_isolation');
    expect(codes('default_transaction_isolation: serializable')).toEqual([]);
  });

  it('only warns of a setting when the image names another version, and takes a tag without one for the known', () => {
    expect(codes('io_method: worker', 'postgres:18.1')).toEqual(['VALIDATE_SETTING_UNSURE']);
    expect(codes('io_method: worker', 'postgres:17.6')).toEqual(['VALIDATE_SETTING_UNKNOWN']);
    expect(codes('io_method: worker', 'flotilla/postgres:12e8a00bbbb')).toEqual(['VALIDATE_SETTING_UNKNOWN']);
    expect(codes('effective_io_concurrency: 2000, shared_buffers: 2GiB', 'postgres:18.1')).toEqual([
      'VALIDATE_TUNING_UNIT',
    ]);
  });

  it('shows no value of several lines or of great length', () => {
    const long = 'x'.repeat(500);
    const findings = postgresSettings.check(parse(database(String.raw`jit: "a\nb", autovacuum: ${long}`)));
    expect(findings).toHaveLength(2);
    expect(findings.map(({ message }) => message).join('')).not.toMatch(/\n|x{100}/);
  });
});
