import type { ServiceOfKind } from '@flotilla/model';

/** A service of the MySQL family. */
export type MysqlLike = ServiceOfKind<'mysql' | 'mariadb'>;

/** A value of a setting as YAML or a derivation gives it. */
export type SettingValue = string | number | boolean;

/** Settings with their values, by what applies them; each sorted by name. */
export type Settings = {
  readonly restart: readonly (readonly [string, SettingValue])[];
  readonly reload: readonly (readonly [string, SettingValue])[];
};

/**
 * Settings that a running server takes by `SET GLOBAL` and that people change; every other one restarts it. A session that is open keeps
 * what it began with. https://dev.mysql.com/doc/refman/8.4/en/dynamic-system-variables.html
 */
const RELOADABLE: ReadonlySet<string> = new Set([
  'binlog_cache_size',
  'binlog_expire_logs_seconds',
  'connect_timeout',
  'general_log',
  'innodb_adaptive_flushing',
  'innodb_buffer_pool_size',
  'innodb_flush_neighbors',
  'innodb_io_capacity',
  'innodb_io_capacity_max',
  'innodb_lock_wait_timeout',
  'innodb_lru_scan_depth',
  'innodb_max_dirty_pages_pct',
  'innodb_print_all_deadlocks',
  'interactive_timeout',
  'join_buffer_size',
  'lock_wait_timeout',
  'log_queries_not_using_indexes',
  'long_query_time',
  'max_allowed_packet',
  'max_connect_errors',
  'max_connections',
  'max_heap_table_size',
  'net_read_timeout',
  'net_write_timeout',
  'read_buffer_size',
  'read_rnd_buffer_size',
  'slow_query_log',
  'sort_buffer_size',
  'sql_mode',
  'table_definition_cache',
  'table_open_cache',
  'thread_cache_size',
  'tmp_table_size',
  'transaction_isolation',
  'wait_timeout',
]);

/** Gives settings by what applies them, sorted by name; a later one of the same name wins. */
export function splitSettings(settings: Iterable<readonly [string, SettingValue]>): Settings {
  const sorted = [...new Map(settings)].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    restart: sorted.filter(([name]) => !RELOADABLE.has(name)),
    reload: sorted.filter(([name]) => RELOADABLE.has(name)),
  };
}

/** Gives one line of an option file, which reads the same behind `SET GLOBAL`. */
export function settingLine(name: string, value: SettingValue): string {
  return `${name} = ${formatValue(value)}`;
}

const UNITS = 'KMGTPE';

/** Only an option file knows `2G`, and reads `2GiB` as that, so that sizes are written out. */
function formatValue(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF';
  if (typeof value === 'number') return String(value);
  const size = /^(\d+)([KMGTPE])(?:i?B)?$/i.exec(value);
  if (size) return String(BigInt(size[1] ?? '0') * 1024n ** BigInt(UNITS.indexOf((size[2] ?? '').toUpperCase()) + 1));
  if (/^(?:\d+|\d+\.\d+|[A-Za-z][A-Za-z0-9_-]*)$/.test(value)) return value;
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
