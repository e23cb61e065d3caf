import { setTimeout as sleep } from 'node:timers/promises';

import type pg from 'pg';

import { inTransaction, isAway } from './database.ts';
import { errorText, log } from './log.ts';

/** Any number that nothing else locks in this database. */
const MIGRATION_LOCK = 7_420_001;

/** Steps in order. A step is never changed once released; a later one corrects it. */
const STEPS: readonly string[] = [
  `CREATE TABLE sessions (
     id text PRIMARY KEY, counter integer NOT NULL, last_server text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(), seen_at timestamptz NOT NULL DEFAULT now());
   CREATE TABLE uploads (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(),
     row_count integer NOT NULL, processed_at timestamptz);
   CREATE TABLE waybills (
     number text PRIMARY KEY, consignee text NOT NULL, upload_id bigint NOT NULL REFERENCES uploads);
   CREATE INDEX ON waybills (upload_id);
   CREATE TABLE scans (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL REFERENCES waybills,
     server text NOT NULL, scanned_at timestamptz NOT NULL DEFAULT now());
   CREATE INDEX ON scans (number);
   CREATE TABLE jobs (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL,
     queued_at timestamptz NOT NULL DEFAULT now(), attempts integer NOT NULL DEFAULT 0,
     done_at timestamptz, done_by text, result jsonb, error text);
   CREATE INDEX ON jobs (id) WHERE done_at IS NULL;`,
];

/** Brings the schema up to date. Two processes may call it at once; the second waits and finds nothing to do. */
async function migrate(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_steps (step integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    );
    const known = await client.query<{ last: number }>('SELECT coalesce(max(step), 0)::int AS last FROM schema_steps');
    const last = known.rows[0]?.last ?? 0;
    for (const [index, sql] of STEPS.entries()) {
      if (index + 1 <= last) continue;
      await client.query(sql);
      await client.query('INSERT INTO schema_steps (step) VALUES ($1)', [index + 1]);
      log('migrated', { step: index + 1 });
    }
  });
}

/** Migrates as soon as the database is there; waits for it as long as `signal` lets it. Throws when a step is wrong. */
export async function migrateWhenReachable(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 3_000)) {
    try {
      await migrate(pool);
      return;
    } catch (error) {
      if (!isAway(error) && !isNotYetAllowed(error)) throw error;
      log('database-away', { error: errorText(error), retryInMs: pauseMs });
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** A fresh fleet creates its roles and databases after its containers may already run. */
function isNotYetAllowed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === '3D000' || code === '28P01' || code === '28000';
}
