import type { ServiceOfKind } from '@flotilla/model';

import { isOff, REMOVE } from '../owner.ts';
import type { Loss, Owner, WrittenSetting } from '../owner.ts';

const CRASH: Owner = { why: 'an acknowledged write must survive a crash', instead: REMOVE };
const SAME: Owner = { why: 'every member must have all that the primary has', instead: REMOVE };
const TOGETHER: Owner = {
  why: 'the folder of the data is copied, and set aside, as a whole',
  instead: REMOVE,
};

/** What the wrapper passes on the command line, what the guard switches, what the rendered file ends with, or what a replica rests on. */
const FAMILIES: readonly (readonly [RegExp, Owner])[] = [
  [
    /^(?:super_|innodb_)?read_only$|^offline_mode$/,
    { why: 'the guard opens and closes the database with it', instead: REMOVE },
  ],
  [/^(?:gtid_|enforce_gtid_)/, { why: 'replication and every comparison of data rest on it', instead: REMOVE }],
  [/^server_(?:id|uuid)$/, { why: 'it is derived from the names of the service and the server', instead: REMOVE }],
  [/^report_/, { why: 'members name themselves by their server', instead: REMOVE }],
  [
    /^log_bin(?:_index|_basename)?$|^sql_log_bin$|^binlog_format$|^log_(?:replica|slave)_updates$/,
    {
      why: 'any member may become primary, and what it wrote must be readable from its log',
      instead: REMOVE,
    },
  ],
  [
    /^(?:sync_binlog|innodb_flush_log_at_trx_commit|innodb_doublewrite|innodb_support_xa|debug_no_sync|binlog_error_action)$/,
    CRASH,
  ],
  [/^(?:binlog|replicate)_(?:wild_)?(?:do|ignore|rewrite)_(?:db|table)$/, SAME],
  [/^(?:sql_)?(?:replica|slave)_(?:skip_errors|skip_counter|exec_mode)$/, SAME],
  [/^innodb_(?:data_home_dir|log_group_home_dir|undo_directory|doublewrite_dir)$|^aria_log_dir_path$/, TOGETHER],
  [/^wsrep_/, { why: 'a Galera cluster chooses its primaries by itself', instead: REMOVE }],
  [/^grant_tables$/, { why: 'without them everybody may do everything', instead: 'remove it, skip_ included' }],
  [/^name_resolve$/, { why: 'accounts are known by address, and no name may delay a login', instead: REMOVE }],
  [
    /^(?:initialize|initialize_insecure|bootstrap|daemonize|validate_config)$/,
    { why: 'the wrapper starts the server', instead: REMOVE },
  ],
  [
    /^binlog_expire_logs_(?:seconds|auto_purge)$|^expire_logs_days$/,
    {
      why: 'it follows from binlogKeep of the service',
      instead: 'write binlogKeep: 3d',
    },
  ],
  [
    /^relay_log|^skip_(?:replica|slave)_start$|^(?:replica|slave)_(?:preserve_commit_order|net_timeout)$|^rpl_stop_(?:replica|slave)_timeout$/,
    {
      why: 'a replica follows the primary that the guard names',
      instead: REMOVE,
    },
  ],
  [
    /^rpl_semi_sync_/,
    { why: 'it follows from synchronous of the service', instead: 'write synchronous: preferred or strict' },
  ],
  [
    /^group_replication_/,
    { why: 'it follows from failover and rto of the service', instead: 'write failover: automatic' },
  ],
  [
    /^(?:admin_|bind_|mysqlx_|mysqlx_bind_|extra_)?(?:address|port)$/,
    {
      why: 'the container is reached at every address of its own, and the published port narrows that',
      instead: 'remove it, and write port: and open: of the service instead',
    },
  ],
  [/^networking$/, { why: 'members and clients come over the network', instead: REMOVE }],
  [
    /^(?:socket|pid_file|datadir|plugin_load(?:_add)?|plugin_dir|mysqlx)$/,
    {
      why: 'the guard looks for it where the wrapper puts it',
      instead: REMOVE,
    },
  ],
];

/** Gives who owns a setting that nobody else may set; `undefined` when it is free. */
export function ownerOf(setting: string): Owner | undefined {
  return FAMILIES.find(([pattern]) => spellings(setting).some((name) => pattern.test(name)))?.[1];
}

/**
 * Gives the names that a written one may stand for. An option file may say `loose_` before any, and `skip_`, `disable_`, `enable_` or
 * `maximum_` before most: https://dev.mysql.com/doc/refman/8.4/en/option-modifiers.html
 */
export function spellings(setting: string): readonly string[] {
  const name = bare(setting);
  return [name, name.replace(/^(?:skip|disable|enable|maximum)_/, '')];
}

/** An option file may say `loose_` before any name. */
function bare(setting: string): string {
  return setting.replace(/^loose_/, '');
}

/** Gives why a value of a free setting would break what is promised; `undefined` when it does not. */
export function breachOf({ setting, value }: WrittenSetting): Owner | undefined {
  const isUnwritten = /^(?:nosync|littlesync)$/i.test(String(value));
  return bare(setting) === 'innodb_flush_method' && isUnwritten ? CRASH : undefined;
}

/** Gives what a value gives up; `undefined` when nothing that is known here. */
export function lossOf({ setting, value }: WrittenSetting): Loss | undefined {
  const text = String(value).toLowerCase();
  switch (bare(setting)) {
    case 'innodb_checksum_algorithm':
      return /^(?:strict_)?none$/.test(text) ? UNCHECKED : undefined;
    case 'innodb_log_checksums':
      return isOff(value) ? UNCHECKED : undefined;
    case 'innodb_force_recovery':
      return Number(value) > 0
        ? {
            loss: 'damage is passed over instead of repaired, from 4 on no write is taken, and data may be damaged for good',
            instead: 'remove it as soon as the data are saved',
          }
        : undefined;
    case 'default_storage_engine':
      return /^(?:innodb|rocksdb)$/.test(text)
        ? undefined
        : { loss: 'a table that names no engine has no transactions, and a crash may damage it', instead: REMOVE };
    default:
      return undefined;
  }
}

const UNCHECKED: Loss = { loss: 'damaged data are not noticed, and go on to the copies', instead: REMOVE };

/**
 * Settings that a server from 8.4 or 9 on refuses to start with, and what took their place.
 * https://dev.mysql.com/doc/refman/8.4/en/added-deprecated-removed.html; each was tried with --validate-config on 9.7.
 */
const REMOVED: Readonly<Record<string, string>> = {
  avoid_temporal_upgrade: REMOVE,
  binlog_transaction_dependency_tracking: REMOVE,
  default_authentication_plugin: 'remove it; caching_sha2_password is the default (authentication_policy)',
  innodb_checksums: 'write innodb_checksum_algorithm',
  innodb_file_format: REMOVE,
  innodb_large_prefix: REMOVE,
  innodb_locks_unsafe_for_binlog: 'write transaction_isolation: READ-COMMITTED',
  innodb_log_file_size: 'write innodb_redo_log_capacity, which is the sum of all files',
  innodb_log_files_in_group: 'write innodb_redo_log_capacity, which is the sum of all files',
  innodb_support_xa: REMOVE,
  innodb_undo_logs: 'write innodb_rollback_segments',
  log_bin_use_v1_row_events: REMOVE,
  log_warnings: 'write log_error_verbosity',
  master_info_repository: REMOVE,
  mysql_native_password: 'remove it, and give the accounts caching_sha2_password',
  old_passwords: REMOVE,
  replica_parallel_type: REMOVE,
  secure_auth: REMOVE,
  show_old_temporals: REMOVE,
  slave_rows_search_algorithms: REMOVE,
  sync_frm: REMOVE,
  transaction_write_set_extraction: REMOVE,
  tx_isolation: 'write transaction_isolation',
  tx_read_only: 'write transaction_read_only',
};

/** Gives what took the place of a setting that this kind no longer has; `undefined` when it has it, or when nothing is known of it. */
export function removedFrom(kind: ServiceOfKind<'mysql' | 'mariadb'>['kind'], setting: string): string | undefined {
  const name = bare(setting);
  if (kind !== 'mysql') return undefined;
  if (name.startsWith('query_cache_') || name === 'have_query_cache')
    return 'remove it; MySQL has no query cache any more';
  return Object.hasOwn(REMOVED, name) ? REMOVED[name] : undefined;
}
