import type { EngineFacts, SynchronousMode } from '@flotilla/model';

import { isOn, parseSemiSync, withSynchronous } from './semi-sync.ts';
import type { SemiSync } from './semi-sync.ts';
import { startOfPidFile } from './sql-engine.ts';
import type { SqlSession } from './sql-session.ts';

/** What a running MySQL says of itself, of one moment. */
export type MysqlState = SemiSync & {
  /** The wrapper names the file after the start of the engine. */
  readonly pidFile: string;
  readonly isReadOnly: boolean;
  readonly isOffline: boolean;
  readonly executed: string;
  readonly origin: string;
  readonly systemIdentifier: string | null;
  /** Absent while it follows nobody. */
  readonly sourceHost: string | null;
  readonly sourcePort: number | null;
  readonly receiver: 'ON' | 'OFF' | 'CONNECTING' | null;
  readonly applier: 'ON' | 'OFF' | null;
  readonly received: string | null;
  readonly hasApplied: boolean;
  readonly lagMs: number | undefined;
};

type Texts = Pick<
  MysqlState,
  | 'pidFile'
  | 'executed'
  | 'origin'
  | 'systemIdentifier'
  | 'sourceHost'
  | 'sourcePort'
  | 'receiver'
  | 'applier'
  | 'received'
>;

/** Counts come as text or as numbers, and what may be on or off as either as well. */
type Row = Texts & Readonly<Record<Exclude<keyof MysqlState, keyof Texts>, unknown>>;

/** The channel without a name is the one of ours; its row goes with `RESET REPLICA ALL`. */
const STATE = `
SELECT @@GLOBAL.pid_file AS pidFile, @@GLOBAL.super_read_only AS isReadOnly, @@GLOBAL.offline_mode AS isOffline,
  @@GLOBAL.gtid_executed AS executed, @@GLOBAL.server_uuid AS origin,
  (SELECT id FROM flotilla.identity LIMIT 1) AS systemIdentifier,
  c.host AS sourceHost, c.port AS sourcePort, s.service_state AS receiver, a.service_state AS applier,
  s.received_transaction_set AS received,
  GTID_SUBSET(COALESCE(s.received_transaction_set, ''), @@GLOBAL.gtid_executed) AS hasApplied,
  (SELECT TIMESTAMPDIFF(MICROSECOND, NULLIF(MAX(w.last_applied_transaction_original_commit_timestamp), 0), NOW(6)) DIV 1000
     FROM performance_schema.replication_applier_status_by_worker AS w WHERE w.channel_name = '') AS lagMs,
  (SELECT variable_value FROM performance_schema.global_variables WHERE variable_name = 'rpl_semi_sync_source_enabled') AS waits,
  (SELECT variable_value FROM performance_schema.global_status WHERE variable_name = 'Rpl_semi_sync_source_status') AS isWaiting,
  (SELECT variable_value FROM performance_schema.global_status WHERE variable_name = 'Rpl_semi_sync_source_clients') AS confirming,
  (SELECT COUNT(*) FROM performance_schema.threads
     WHERE processlist_state = 'Waiting for semi-sync ACK from replica' AND processlist_time >= 1) AS stuck,
  (SELECT variable_value FROM performance_schema.global_status WHERE variable_name = 'Rpl_semi_sync_replica_status') AS confirms
FROM (SELECT 1) AS one
LEFT JOIN performance_schema.replication_connection_configuration AS c ON c.channel_name = '' AND c.host <> ''
LEFT JOIN performance_schema.replication_connection_status AS s ON s.channel_name = c.channel_name
LEFT JOIN performance_schema.replication_applier_status AS a ON a.channel_name = c.channel_name`;

/** Reads the state of the engine. Throws when it does not answer. */
export async function readState(session: SqlSession): Promise<MysqlState> {
  const row = (await session.query<Row>(STATE))[0];
  if (row === undefined) throw new Error('the engine told nothing of itself');
  return {
    ...row,
    ...parseSemiSync(row),
    isReadOnly: isOn(row.isReadOnly),
    isOffline: isOn(row.isOffline),
    hasApplied: isOn(row.hasApplied),
    lagMs: row.lagMs === null ? undefined : Number(row.lagMs),
  };
}

/** Gives the facts of a running engine under the guard. A replica that was started anew keeps its role until it is told otherwise. */
export function factsOf(
  state: MysqlState,
  session: SqlSession,
  synchronous: SynchronousMode | undefined,
): Promise<EngineFacts> {
  return withSynchronous(plainFacts(state), state, { session, mode: synchronous, listing: 'SHOW REPLICAS' });
}

function plainFacts(state: MysqlState): EngineFacts {
  const isReplica = state.sourceHost !== null;
  const isPrimary = !isReplica && !state.isReadOnly;
  const executed = state.executed.replaceAll(/\s/g, '');
  const received = (state.received ?? '').replaceAll(/\s/g, '');
  return {
    state: 'running',
    role: isReplica ? 'replica' : isPrimary ? 'primary' : 'none',
    startId: startOfPidFile(state.pidFile),
    position: { kind: 'gtid-set', executed, ...(isReplica ? { received } : {}), origin: state.origin },
    ...(state.systemIdentifier === null ? {} : { systemIdentifier: state.systemIdentifier }),
    ...(isReplica ? { streaming: state.receiver === 'ON' && state.applier === 'ON', ...lagOf(state) } : {}),
    ...(isPrimary ? { admits: !state.isOffline } : {}),
  };
}

function lagOf({ hasApplied, lagMs }: MysqlState): { readonly lagMs?: number } {
  if (hasApplied) return { lagMs: 0 };
  return lagMs === undefined ? {} : { lagMs: Math.max(0, lagMs) };
}
