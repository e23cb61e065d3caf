import type { SynchronousMode } from '@flotilla/model';

import type { Engine, Upstream } from './engine.ts';
import { readState } from './mysql-state.ts';
import type { MysqlState } from './mysql-state.ts';
import { isTooLate, REPLICATION_USER, succeeds } from './sql-engine.ts';
import type { Following } from './sql-engine.ts';
import type { SqlSession } from './sql-session.ts';

/** Threads of the replica may be in the middle of a statement when they are told to stop. */
const STOP_TIMEOUT_MS = 6_000;
const APPLY_TIMEOUT_S = 30;

/**
 * Closes the engine to its clients at once, then to every write; a replica stops following. False when a commit that hangs keeps it from
 * becoming read-only within a second: nobody is connected then, but its position is not settled.
 */
export async function close(session: SqlSession, state: MysqlState): Promise<boolean> {
  // Sessions are cut first, so that a commit which is released below is acknowledged to nobody.
  if (!state.isOffline) await session.query('SET GLOBAL offline_mode = ON');
  if (state.waits) await session.query('SET GLOBAL rpl_semi_sync_source_enabled = OFF');
  if (!state.isReadOnly && !(await succeeds(session, 'SET GLOBAL super_read_only = ON'))) return false;
  if (state.receiver === 'ON' || state.receiver === 'CONNECTING' || state.applier === 'ON') await stopReplica(session);
  return true;
}

/** Opens the engine to clients and writes, unless it follows somebody. */
export async function open(
  session: SqlSession,
  state: MysqlState,
  synchronous: SynchronousMode | undefined,
): Promise<void> {
  if (state.sourceHost !== null) return;
  const waits = synchronous !== undefined;
  if (state.waits !== waits) await session.query(`SET GLOBAL rpl_semi_sync_source_enabled = ${waits ? 'ON' : 'OFF'}`);
  if (state.isReadOnly) {
    await session.query('SET GLOBAL super_read_only = OFF');
    await session.query('SET GLOBAL read_only = OFF');
  }
  // The last step alone lets anybody in.
  if (state.isOffline) await session.query(`SET GLOBAL offline_mode = IF(${isTooLate()}, 1, 0)`);
}

/** Has an engine that takes no writes follow `upstream` and serve reads. Safe to repeat; what runs as told is left alone. */
export async function follow(session: SqlSession, state: MysqlState, following: Following): Promise<void> {
  if (state.waits) await session.query('SET GLOBAL rpl_semi_sync_source_enabled = OFF');
  if (!state.isReadOnly) await session.query('SET GLOBAL super_read_only = ON', { timeoutMs: 2_000 });
  if (following.upstream !== undefined) await stream(session, state, { ...following, upstream: following.upstream });
  if (state.isOffline) await session.query('SET GLOBAL offline_mode = OFF');
}

async function stream(
  session: SqlSession,
  state: MysqlState,
  { upstream, password, synchronous }: Following & { readonly upstream: Upstream },
): Promise<void> {
  if (state.sourceHost !== upstream.host || state.sourcePort !== upstream.port) {
    // A new source discards what was received and not yet applied.
    if (state.sourceHost !== null && !(await hasApplied(session, state))) return;
    await stopReplica(session);
    await session.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1,
        GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 86400, SOURCE_HEARTBEAT_PERIOD = 1`,
      { values: [upstream.host, upstream.port], timeoutMs: STOP_TIMEOUT_MS },
    );
    await startReplica(session, password);
    return;
  }
  // Only a stream that begins anew tells its source that it confirms.
  const isMute = synchronous !== undefined && state.receiver === 'ON' && !state.confirms;
  if (isMute) await session.query('STOP REPLICA IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  if (isMute || state.receiver === 'OFF' || state.applier === 'OFF') await startReplica(session, password);
}

async function hasApplied(session: SqlSession, state: MysqlState): Promise<boolean> {
  if (state.receiver !== 'OFF') await session.query('STOP REPLICA IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  if (state.applier === 'OFF') await session.query('START REPLICA SQL_THREAD');
  return (await readState(session)).hasApplied;
}

async function stopReplica(session: SqlSession): Promise<void> {
  await session.query('STOP REPLICA', { timeoutMs: STOP_TIMEOUT_MS });
}

/** Given here, the password is not kept in the data. */
async function startReplica(session: SqlSession, password: string): Promise<void> {
  await session.query('START REPLICA USER = ? PASSWORD = ?', {
    values: [REPLICATION_USER, password],
    timeoutMs: 3_000,
  });
}

/**
 * Turns a replica into an engine that follows nobody, once everything it received is applied: what is in the relay log alone would be
 * discarded. It stays closed to writes.
 */
export async function promote(session: SqlSession): ReturnType<Engine['promote']> {
  await session.query('STOP REPLICA IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  await session.query('START REPLICA SQL_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  const { received } = await readState(session);
  const waited = await session.query<{ readonly outcome: number }>(
    `SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ${APPLY_TIMEOUT_S}) AS outcome`,
    { values: [received ?? ''], timeoutMs: (APPLY_TIMEOUT_S + 1) * 1_000 },
  );
  if (waited[0]?.outcome !== 0) return { kind: 'failed', reason: await whyNotApplied(session) };
  await stopReplica(session);
  await session.query('RESET REPLICA ALL', { timeoutMs: STOP_TIMEOUT_MS });
  return { kind: 'promoted' };
}

async function whyNotApplied(session: SqlSession): Promise<string> {
  const rows = await session.query<{ readonly message: string }>(
    `SELECT last_error_message AS message FROM performance_schema.replication_applier_status_by_worker WHERE last_error_number <> 0`,
  );
  return rows[0]?.message ?? `what was received was not applied within ${APPLY_TIMEOUT_S} s`;
}
