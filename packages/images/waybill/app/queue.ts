import { setTimeout as sleep } from 'node:timers/promises';

import type pg from 'pg';

import { inTransaction, isAway } from './database.ts';
import type { Queryable } from './database.ts';
import { errorText, log } from './log.ts';
import { forgetOldSessions } from './sessions.ts';

const IDLE_MS = 500;
const CLEANUP_EVERY_MS = 600_000;
const MAX_ATTEMPTS = 5;

type Job = { readonly id: string; readonly kind: string; readonly payload: { readonly upload?: string } };

/** Puts a job on the queue and gives its number. Inside a transaction it appears with the commit. */
export async function enqueue(db: Queryable, kind: string, payload: object): Promise<string> {
  const { rows } = await db.query<{ id: string }>('INSERT INTO jobs (kind, payload) VALUES ($1, $2) RETURNING id', [
    kind,
    JSON.stringify(payload),
  ]);
  return rows[0]?.id ?? '';
}

/** Takes jobs until the signal; the one in hand is finished first. Waits while the database is away. */
export async function runWorker(pool: pg.Pool, server: string, signal: AbortSignal): Promise<void> {
  let cleanedAt = 0;
  while (!signal.aborted) {
    try {
      if (Date.now() - cleanedAt > CLEANUP_EVERY_MS) {
        await forgetOldSessions(pool);
        cleanedAt = Date.now();
      }
      if (await takeOne(pool, server)) continue;
    } catch (error) {
      if (!isAway(error)) throw error;
      log('database-away', { error: errorText(error) });
    }
    await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Takes the oldest free job, does it and marks it done, all in one transaction: a worker that dies leaves it on the queue.
 * Tells whether there was one.
 */
async function takeOne(pool: pg.Pool, server: string): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const { rows } = await client.query<Job>(
      `SELECT id, kind, payload FROM jobs WHERE done_at IS NULL AND attempts < $1
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [MAX_ATTEMPTS],
    );
    const job = rows[0];
    if (!job) return false;
    await client.query('SAVEPOINT work');
    try {
      const result = await perform(client, job);
      await client.query(
        'UPDATE jobs SET done_at = now(), done_by = $2, result = $3, attempts = attempts + 1 WHERE id = $1',
        [job.id, server, JSON.stringify(result)],
      );
      log('job-done', { job: job.id, kind: job.kind });
    } catch (error) {
      if (isAway(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT work');
      await client.query('UPDATE jobs SET attempts = attempts + 1, error = $2 WHERE id = $1', [
        job.id,
        errorText(error),
      ]);
      log('job-failed', { job: job.id, kind: job.kind, error: errorText(error) });
    }
    return true;
  });
}

async function perform(client: Queryable, job: Job): Promise<object> {
  switch (job.kind) {
    case 'check-upload':
      return await checkUpload(client, job.payload.upload ?? '');
    default:
      throw new Error(`no such kind of job: ${job.kind}`);
  }
}

async function checkUpload(client: Queryable, upload: string): Promise<object> {
  const { rows } = await client.query<{ waybills: number; consignees: number }>(
    `SELECT count(*)::int AS waybills, count(DISTINCT consignee)::int AS consignees FROM waybills WHERE upload_id = $1`,
    [upload],
  );
  await client.query('UPDATE uploads SET processed_at = now() WHERE id = $1', [upload]);
  return rows[0] ?? { waybills: 0, consignees: 0 };
}
