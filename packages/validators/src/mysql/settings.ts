import type { ServiceOfKind } from '@flotilla/model';

import type { SettingValue } from '../owner.ts';
import type { Engine } from '../setting-findings.ts';
import { MARIADB_NAMES } from './names-mariadb.ts';
import { MYSQL_NAMES } from './names-mysql.ts';
import { spellings } from './owned.ts';

/** A service of the MySQL family. */
export type MysqlLike = ServiceOfKind<'mysql' | 'mariadb'>;

/** Both engines with their settings. */
export const ENGINES: Readonly<Record<MysqlLike['kind'], Engine & { readonly tag: RegExp }>> = {
  mysql: {
    name: 'MySQL',
    known: '9.7',
    tag: /^v?([89]\.\d+)(?:[.-]|$)/,
    names: MYSQL_NAMES.trim().split(/\s+/),
    docs: (version) => `https://dev.mysql.com/doc/refman/${version}/en/server-option-variable-reference.html`,
  },
  mariadb: {
    name: 'MariaDB',
    known: '11.8',
    tag: /^v?(1[0-9]\.\d+)(?:[.-]|$)/,
    names: MARIADB_NAMES.trim().split(/\s+/),
    docs: () =>
      'https://mariadb.com/docs/server/server-management/variables-and-modes/full-list-of-mariadb-options-system-and-status-variables',
  },
};

const NAMES: Readonly<Record<MysqlLike['kind'], ReadonlySet<string>>> = {
  mysql: new Set(ENGINES.mysql.names),
  mariadb: new Set(ENGINES.mariadb.names),
};

/** What plugins name that are not loaded in the images; somebody may have installed one. */
const PLUGINS =
  /^(?:audit_log|authentication|cassandra|columnstore|connect|connection_control|cracklib|daemon_memcached|file_key_management|handlersocket|hashicorp_key_management|innodb_memcached|keyring|mroonga|mysql_firewall|named_pipe|oqgraph|password_reuse_check|query_response_time|rewriter|rocksdb|s3|server_audit|simple_password_check|sphinx|spider|sql_error_log|thread_pool|tokudb|validate_password|version_tokens)_/;

/**
 * Tells whether an engine takes a name, as far as is known here. What a component, or a plugin of somebody's own, takes only those know,
 * and `loose_` says that a name may be unknown.
 */
export function isKnown(kind: MysqlLike['kind'], setting: string): boolean {
  if (setting.includes('.') || setting.startsWith('loose_') || PLUGINS.test(setting)) return true;
  return spellings(setting).some((name) => NAMES[kind].has(name));
}

const UNITS = 'KMGTPE';

/** Gives a size in bytes as the engines read it: letters behind the first count for nothing. `undefined` when it is none. */
export function sizeOf(value: SettingValue): number | undefined {
  const match = /^(\d+)([KMGTPE]?)(?:i?B)?$/i.exec(String(value));
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** (UNITS.indexOf((match[2] ?? '').toUpperCase()) + (match[2] === '' ? 0 : 1));
}
