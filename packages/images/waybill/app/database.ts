import { setTimeout as sleep } from 'node:timers/promises';

import { Pool } from 'pg';
import type { PoolClient } from 'pg';

import type { Config } from './config.ts';
import { errorText, log } from './log.ts';

/** Whatever runs a query: the pool or one client of it. */
export type Queryable = Pick<Pool, 'query'>;

/** How long a repeatable operation waits for the database to come back: longer than a switchover, shorter than a proxy's patience. */
const PATIENCE_MS = 8_000;

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** Shutdown, starting up, and a primary that became a replica. */
const AWAY_STATES = new Set(['57P01', '57P02', '57P03', '25006']);
const AWAY_TEXT = /connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable/i;

/** Opens a pool that survives the loss of its connections. Nothing connects before the first query. */
export function openPool(config: Config['database']): Pool {
  const pool = new Pool({
    ...config,
    max: 10,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'waybill',
  });
  // Without a listener the loss of a connection would end the process: the pool's is for idle ones, the other for those in use,
  // whose query fails as well.
  pool.on('error', (error) => log('connection-lost', { error: error.message }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Tells whether the database was away, so that the same operation may succeed later. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return AWAY_CODES.has(code) || AWAY_STATES.has(code) || code.startsWith('08') || AWAY_TEXT.test(error.message);
}

/**
 * Runs an operation until the database was there for it, for at most 8 s; then throws its last error.
 * An operation whose acknowledgement was lost runs twice, so it must be safe to repeat.
 */
export async function waitOutFailover<T>(operation: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await operation();
    } catch (error) {
      if (!isAway(error) || Date.now() + pauseMs > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Runs `work` in one transaction, which is rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(errorText(error));
    await client.query('ROLLBACK').then(
      () => (failure = undefined),
      () => undefined,
    );
    throw error;
  } finally {
    // A connection that could not roll back is thrown away.
    client.release(failure);
  }
}

/** Tells whether the database answers within the deadline. */
export async function answers(pool: Pool, deadlineMs: number): Promise<boolean> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      sleep(deadlineMs, false, { signal: timeout.signal }).catch(() => false),
    ]);
  } finally {
    timeout.abort();
  }
}
