import { databaseSecrets } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { configPath } from '../draft.ts';
import { SECRETS_MOUNT } from '../guarded.ts';
import { joinLines } from '../text.ts';

/** In memory alone: it holds passwords. */
const USER_LIST = '/dev/shm/userlist.txt';

/** One of the two poolers of a server. */
export type Pool = {
  readonly title: string;
  /** The data endpoint that it connects to, on the port that it listens on itself. */
  readonly host: string;
  readonly port: number;
  readonly service: Pick<ServiceOfKind<'postgres'>, 'databases'> & {
    readonly pooling: NonNullable<ServiceOfKind<'postgres'>['pooling']>;
  };
};

/**
 * Gives the configuration of one pooler. A connection that the endpoint cut is gone at once, and a new one is tried twice a second, so that
 * the pool has followed a failover as soon as the endpoint has. Prepared statements are tracked, so that they survive pooling by transaction.
 */
export function poolerConfig({ title, host, port, service }: Pool): string {
  const { mode, size, clients } = service.pooling;
  return joinLines([
    title,
    '[databases]',
    ...[...service.databases].sort().map((database) => `${database} = host=${host} port=${port} dbname=${database}`),
    '',
    '[pgbouncer]',
    'listen_addr = *',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${USER_LIST}`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${size}`,
    `max_client_conn = ${clients}`,
    'max_prepared_statements = 200',
    'ignore_startup_parameters = extra_float_digits',
    'server_tls_sslmode = prefer',
    'server_connect_timeout = 3',
    'server_login_retry = 0.5',
    'query_wait_timeout = 30',
    'dns_max_ttl = 5',
    'dns_nxdomain_ttl = 1',
    'log_connections = 0',
    'log_disconnections = 0',
  ]);
}

/** Gives the script that makes the list of users from the secret files and runs both poolers; the end of one ends both. */
export function poolerScript(title: string, name: string, databases: readonly string[]): string {
  const owners = [...databases].sort();
  return joinLines([
    '#!/bin/sh',
    title,
    'set -u',
    'umask 077',
    'list_user() {',
    `  [ -s "${SECRETS_MOUNT}/$2" ] || { echo "${SECRETS_MOUNT}/$2 is missing or empty" >&2; return 1; }`,
    `  printf '"%s" "%s"\\n' "$1" "$(sed 's/"/""/g' "${SECRETS_MOUNT}/$2")"`,
    '}',
    'list_users() {',
    `  { ${owners.map((database) => `list_user '${database}' ${databaseSecrets.owner(name, database)}`).join(' && ')}; } >${USER_LIST}.new &&`,
    `    mv ${USER_LIST}.new ${USER_LIST}`,
    '}',
    'alive() { read -r _ _ phase _ 2>/dev/null <"/proc/$1/stat" && [ "$phase" != Z ]; }',
    'both() { kill "-$1" "$write" "$read" 2>/dev/null; }',
    'list_users || exit 1',
    `pgbouncer ${configPath('write.ini')} &`,
    'write=$!',
    `pgbouncer ${configPath('read.ini')} &`,
    'read=$!',
    "trap 'stop=1; both INT' INT TERM",
    "trap 'list_users && both HUP' HUP",
    'stop=0',
    'while alive "$write" && alive "$read"; do',
    '  sleep 1 &',
    '  wait $!',
    'done',
    'both INT',
    'wait "$write" "$read"',
    '[ "$stop" = 1 ]',
  ]);
}
