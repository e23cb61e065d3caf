import type { Place } from '../fleet.ts';
import type { MysqlLike, SettingValue } from './settings.ts';

type Lines = readonly (readonly [string, SettingValue])[];
type Synchronous = Pick<MysqlLike, 'synchronous'>;

/** How long a commit under `preferred` waits for a silent replica before it goes on without. */
const PREFERRED_WAIT_MS = 2_000;
/** The longest that the engine can be told to wait, 49 days: under `strict` a person decides before. */
const STRICT_WAIT_MS = 4_294_967_295;

/** Gives the settings that Flotilla owns on one member of a MySQL service, in the order they are written. */
export function mysqlSettings({ synchronous }: Synchronous, place: Pick<Place, 'server'>, serverId: number): Lines {
  return [
    ['port', 3306],
    ['socket', '/var/run/mysqld/mysqld.sock'],
    ['skip_name_resolve', true],
    ['secure_file_priv', 'NULL'],
    ['mysqlx', false],
    ['server_id', serverId],
    ['report_host', place.server],
    ['gtid_mode', true],
    ['enforce_gtid_consistency', true],
    ['log_bin', 'binlog'],
    ['log_replica_updates', true],
    ['sync_binlog', 1],
    ['innodb_flush_log_at_trx_commit', 1],
    ['relay_log', 'relay'],
    ['relay_log_recovery', true],
    ['replica_preserve_commit_order', true],
    ['replica_net_timeout', 4],
    ['rpl_stop_replica_timeout', 5],
    ['skip_replica_start', true],
    ['plugin_load_add', 'clone=mysql_clone.so'],
    ['plugin_load_add', 'rpl_semi_sync_source=semisync_source.so'],
    ['plugin_load_add', 'rpl_semi_sync_replica=semisync_replica.so'],
    ...(synchronous === undefined ? [] : semiSync('source', 'replica', synchronous)),
  ];
}

/** Gives the settings that Flotilla owns on one member of a MariaDB service, in the order they are written. */
export function mariadbSettings({ synchronous }: Synchronous, place: Pick<Place, 'server'>, serverId: number): Lines {
  return [
    ['port', 3306],
    ['socket', '/run/mysqld/mysqld.sock'],
    ['skip_name_resolve', true],
    ['server_id', serverId],
    ['report_host', place.server],
    ['gtid_domain_id', 0],
    ['gtid_strict_mode', true],
    ['log_bin', 'binlog'],
    ['binlog_format', 'ROW'],
    ['log_slave_updates', true],
    ['sync_binlog', 1],
    ['innodb_flush_log_at_trx_commit', 1],
    ['relay_log', 'relay'],
    ['relay_log_recovery', true],
    ['slave_net_timeout', 4],
    ['skip_slave_start', true],
    ...(synchronous === undefined ? [] : semiSync('master', 'slave', synchronous)),
  ];
}

/**
 * A replica always may confirm; whether a primary waits is the guard's to switch, because it follows the role. MySQL's plugins are not there
 * while the data are made, hence `loose`.
 */
function semiSync(primary: string, replica: string, synchronous: 'preferred' | 'strict'): Lines {
  const isStrict = synchronous === 'strict';
  return [
    [`loose_rpl_semi_sync_${replica}_enabled`, true],
    [`loose_rpl_semi_sync_${primary}_wait_point`, 'AFTER_SYNC'],
    [`loose_rpl_semi_sync_${primary}_wait_no_${replica}`, isStrict],
    [`loose_rpl_semi_sync_${primary}_timeout`, isStrict ? STRICT_WAIT_MS : PREFERRED_WAIT_MS],
  ];
}
