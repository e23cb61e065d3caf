import { FlotillaError } from '@flotilla/model';

import type { TableRow } from './log.ts';
import type { OracleTarget, Patience } from './target.ts';
import { openSession } from './target.ts';

const PATIENCE: Patience = { connectMs: 5_000, statementMs: 30_000 };

/** The timeline of the primary that runs the statement; pg_control would name the one of its last checkpoint. */
const TIMELINE = `('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`;
/** Servers name their engines; without a name, the address tells them apart. */
const NODE = `coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()))`;

const CREATE = `CREATE TABLE IF NOT EXISTS flotilla_oracle (
  run uuid NOT NULL, seq bigint NOT NULL, written_by text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), server inet DEFAULT inet_server_addr(), timeline int NOT NULL)`;

/** Statement that writes one row: $1 run, $2 number, $3 lane. Its answer has `node` and `timeline`. */
export const WRITE_ROW = `INSERT INTO flotilla_oracle (run, seq, written_by, timeline)
  VALUES ($1, $2, $3, ${TIMELINE}) RETURNING ${NODE} AS node, timeline`;

const READ_ROWS = `SELECT seq::int AS seq, count(*)::int AS copies FROM flotilla_oracle WHERE run = $1 GROUP BY seq ORDER BY seq`;

/** Makes the oracle's table unless it is there. Throws SANDBOX_ORACLE_FAILED. */
export async function createTable(target: OracleTarget): Promise<void> {
  await ask('creating the table', target, async (query) => {
    await query(CREATE, []);
  });
}

/** Gives the rows of one run as the engine at `target` has them, by number. Throws SANDBOX_ORACLE_FAILED. */
export async function readRows(target: OracleTarget, run: string): Promise<readonly TableRow[]> {
  // The columns of the statement above.
  return ask('reading the table', target, async (query) => (await query(READ_ROWS, [run])) as TableRow[]);
}

type Query = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

async function ask<T>(step: string, target: OracleTarget, work: (query: Query) => Promise<T>): Promise<T> {
  try {
    const session = await openSession(target, PATIENCE);
    try {
      return await work(async (text, values) => (await session.client.query(text, [...values])).rows);
    } finally {
      session.destroy();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new FlotillaError('SANDBOX_ORACLE_FAILED', { step, detail }, { cause: error });
  }
}
