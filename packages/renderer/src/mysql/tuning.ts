import { splitSettings } from './settings.ts';
import type { MysqlLike, Settings, SettingValue } from './settings.ts';

const MIB = 2 ** 20;

/** What a connection takes beside the caches, at its usual settings and work. */
const CONNECTION_BYTES = 2 * MIB;

/**
 * Gives the settings of a MySQL or MariaDB: derived from its memory, then what the environment says under `tuning`. Half of the memory is
 * InnoDB's cache, where there is enough for the server itself beside it.
 */
export function tuneMysql(service: Pick<MysqlLike, 'kind' | 'memory' | 'tuning' | 'binlogKeep'>): Settings {
  const { kind, memory, tuning, binlogKeep } = service;
  const poolBytes = wholeChunks(memory >= 1024 * MIB ? memory / 2 : memory / 4);
  const connections = Math.min(500, Math.max(30, Math.floor(memory / 4 / CONNECTION_BYTES / 10) * 10));
  const tables = Math.min(4_000, Math.max(400, Math.floor(memory / MIB)));
  const common: readonly (readonly [string, SettingValue])[] = [
    ['innodb_buffer_pool_size', poolBytes],
    ['max_connections', connections],
    ['table_open_cache', tables],
    ['table_definition_cache', tables],
    ['max_allowed_packet', 64 * MIB],
    ['slow_query_log', false],
    ['innodb_print_all_deadlocks', true],
    ['binlog_expire_logs_seconds', Math.max(1, Math.ceil(binlogKeep / 1_000))],
  ];
  return splitSettings([...common, ...redoLog(kind, poolBytes), ...Object.entries(tuning)]);
}

/** Room for about an hour of writes on a busy server; the two name it differently. */
function redoLog(kind: MysqlLike['kind'], poolBytes: number): readonly (readonly [string, SettingValue])[] {
  const bytes = Math.min(2_048 * MIB, Math.max(96 * MIB, wholeChunks(poolBytes / 4)));
  return [[kind === 'mysql' ? 'innodb_redo_log_capacity' : 'innodb_log_file_size', bytes]];
}

/** The cache grows by whole mebibytes; below 64 of them a server is of no use. */
function wholeChunks(bytes: number): number {
  return Math.max(64, Math.floor(bytes / MIB)) * MIB;
}
