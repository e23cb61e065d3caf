import type { SynchronousMode } from '@flotilla/model';

import type { Engine, Upstream } from './engine.ts';
import { DOOR, hasApplied, readState } from './mariadb-state.ts';
import type { MariadbState, ReplicaStatus } from './mariadb-state.ts';
import { isTooLate, REPLICATION_USER, succeeds } from './sql-engine.ts';
import type { Following } from './sql-engine.ts';
import type { SqlSession } from './sql-session.ts';

/** Threads of the replica may be in the middle of a statement when they are told to stop. */
const STOP_TIMEOUT_MS = 6_000;
const APPLY_TIMEOUT_S = 30;
/** A killed session undoes what it did; one that is not gone by then is dealt with from outside. */
const KILL_TRIES = 20;
const KILL_INTERVAL_MS = 50;

/**
 * Closes the engine to its clients at once, then to every write; a replica stops following. False when a session does not end, or a
 * commit keeps it from becoming read-only within a second.
 */
export async function close(session: SqlSession, state: MariadbState): Promise<boolean> {
  if (state.door !== DOOR) {
    await session.query('SET GLOBAL init_connect = ?', { values: [DOOR] });
    // A commit that waits for a replica is given up with its session, and acknowledged to nobody.
    if (!(await cutClients(session))) return false;
  }
  if (state.waits) await session.query('SET GLOBAL rpl_semi_sync_master_enabled = OFF');
  if (!state.isReadOnly && !(await succeeds(session, 'SET GLOBAL read_only = ON'))) return false;
  const { replica } = state;
  if (replica !== undefined && (replica.Slave_IO_Running !== 'No' || replica.Slave_SQL_Running !== 'No'))
    await stop(session);
  return true;
}

/** Those that the door does not stop: the guard, the members, root on the server itself, and the engine's own. */
const CLIENTS = `SELECT id FROM information_schema.processlist
  WHERE user NOT IN ('flotilla_guard', '${REPLICATION_USER}', 'root', 'system user', 'event_scheduler')`;

async function cutClients(session: SqlSession): Promise<boolean> {
  for (let tries = 0; tries < KILL_TRIES; tries += 1) {
    const clients = await session.query<{ readonly id: number }>(CLIENTS);
    if (clients.length === 0) return true;
    // One that has gone by itself is no failure, and must not cost this session.
    for (const { id } of clients)
      await session.query(`BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; KILL HARD ${id}; END`);
    await new Promise((resolve) => setTimeout(resolve, KILL_INTERVAL_MS));
  }
  return false;
}

/** Opens the engine to clients and writes, unless it follows somebody. */
export async function open(
  session: SqlSession,
  state: MariadbState,
  synchronous: SynchronousMode | undefined,
): Promise<void> {
  if (state.replica !== undefined) return;
  const waits = synchronous !== undefined;
  if (state.waits !== waits) await session.query(`SET GLOBAL rpl_semi_sync_master_enabled = ${waits ? 'ON' : 'OFF'}`);
  if (state.isReadOnly) await session.query('SET GLOBAL read_only = OFF');
  // The last step alone lets anybody in.
  if (state.door !== '') await session.query(`SET GLOBAL init_connect = IF(${isTooLate()}, ?, '')`, { values: [DOOR] });
}

/** Has an engine that takes no writes follow, and serve reads. Safe to repeat; what runs as told is left alone. */
export async function follow(session: SqlSession, state: MariadbState, following: Following): Promise<void> {
  if (state.waits) await session.query('SET GLOBAL rpl_semi_sync_master_enabled = OFF');
  if (!state.isReadOnly) await session.query('SET GLOBAL read_only = ON', { timeoutMs: 2_000 });
  if (following.upstream !== undefined) await stream(session, state, { ...following, upstream: following.upstream });
  if (state.door !== '') await session.query("SET GLOBAL init_connect = ''");
}

async function stream(
  session: SqlSession,
  { replica, confirms }: MariadbState,
  { upstream, password, synchronous }: Following & { readonly upstream: Upstream },
): Promise<void> {
  if (replica?.Master_Host !== upstream.host || replica.Master_Port !== upstream.port) {
    await turnTo(session, replica, { upstream, password });
    return;
  }
  // Only a stream that begins anew tells its source that it confirms.
  const isMute = synchronous !== undefined && replica.Slave_IO_Running === 'Yes' && !confirms;
  if (isMute) await session.query('STOP SLAVE IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  if (isMute || replica.Slave_IO_Running === 'No' || replica.Slave_SQL_Running === 'No')
    await session.query('START SLAVE');
}

type Turn = { readonly upstream: Upstream; readonly password: string };

async function turnTo(
  session: SqlSession,
  replica: ReplicaStatus | undefined,
  { upstream, password }: Turn,
): Promise<void> {
  // A new source discards what was received and not yet applied.
  if (replica !== undefined && !(await appliesAll(session, replica))) return;
  await stop(session);
  // What a former primary wrote itself is part of what it has.
  await session.query('SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos', { timeoutMs: STOP_TIMEOUT_MS });
  await session.query(
    `CHANGE MASTER TO MASTER_HOST = ?, MASTER_PORT = ?, MASTER_USER = ?, MASTER_PASSWORD = ?, MASTER_USE_GTID = slave_pos,
      MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 1, MASTER_SSL_VERIFY_SERVER_CERT = 0`,
    { values: [upstream.host, upstream.port, REPLICATION_USER, password], timeoutMs: STOP_TIMEOUT_MS },
  );
  await session.query('START SLAVE');
}

async function appliesAll(session: SqlSession, replica: ReplicaStatus): Promise<boolean> {
  if (replica.Slave_IO_Running !== 'No') await session.query('STOP SLAVE IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  if (replica.Slave_SQL_Running === 'No') await session.query('START SLAVE SQL_THREAD');
  const now = (await readState(session)).replica;
  return now === undefined || hasApplied(now);
}

async function stop(session: SqlSession): Promise<void> {
  await session.query('STOP SLAVE', { timeoutMs: STOP_TIMEOUT_MS });
}

/** Turns a replica into an engine that follows nobody, once everything it received is applied. It stays closed to writes. */
export async function promote(session: SqlSession): ReturnType<Engine['promote']> {
  await session.query('STOP SLAVE IO_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  await session.query('START SLAVE SQL_THREAD', { timeoutMs: STOP_TIMEOUT_MS });
  const { replica } = await readState(session);
  if (replica !== undefined && !hasApplied(replica)) {
    const waited = await session.query<{ readonly outcome: number }>(
      `SELECT MASTER_GTID_WAIT(?, ${APPLY_TIMEOUT_S}) AS outcome`,
      {
        values: [replica.Gtid_IO_Pos],
        timeoutMs: (APPLY_TIMEOUT_S + 1) * 1_000,
      },
    );
    if (waited[0]?.outcome !== 0) return { kind: 'failed', reason: await whyNotApplied(session) };
  }
  await stop(session);
  await session.query('RESET SLAVE ALL', { timeoutMs: STOP_TIMEOUT_MS });
  return { kind: 'promoted' };
}

async function whyNotApplied(session: SqlSession): Promise<string> {
  const error = (await readState(session)).replica?.Last_SQL_Error ?? '';
  return error === '' ? `what was received was not applied within ${APPLY_TIMEOUT_S} s` : error;
}
