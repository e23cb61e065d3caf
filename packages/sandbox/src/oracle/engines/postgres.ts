import { Socket } from 'node:net';

import { Client } from 'pg';

import type { TableRow } from '../log.ts';
import type { Session, WriteAnswer } from '../session.ts';
import type { Patience, PostgresTarget } from '../target.ts';

/** The timeline of the primary that runs the statement; pg_control would name the one of its last checkpoint. */
const TIMELINE = `('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`;
/** Servers name their engines; without a name, the address tells them apart. */
const NODE = `coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()))`;

const CREATE = `CREATE TABLE IF NOT EXISTS flotilla_oracle (
  run uuid NOT NULL, seq bigint NOT NULL, written_by text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), server inet DEFAULT inet_server_addr(), timeline int NOT NULL)`;
const WRITE = `INSERT INTO flotilla_oracle (run, seq, written_by, timeline)
  VALUES ($1, $2, $3, ${TIMELINE}) RETURNING ${NODE} AS node, timeline`;
const READ = `SELECT seq::int AS seq, count(*)::int AS copies FROM flotilla_oracle WHERE run = $1 GROUP BY seq ORDER BY seq`;

/** Opens a session with PostgreSQL, whose own timelines number the reigns. Throws what the driver throws; nothing is left open then. */
export async function openPostgres({ kind: _, ...target }: PostgresTarget, patience: Patience): Promise<Session> {
  const socket = new Socket();
  const client = new Client({
    ...target,
    connectionTimeoutMillis: patience.connectMs,
    statement_timeout: patience.statementMs,
    // The server's own limit does not end the wait for a synchronous replica.
    query_timeout: patience.statementMs + 200,
    stream: () => socket,
  });
  const broken = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(error.message));
    client.on('end', () => resolve('closed'));
    socket.on('close', () => resolve('closed'));
  });
  const warnings: string[] = [];
  client.on('notice', (notice) => warnings.push(notice.message ?? 'warned'));
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    prepare: async () => {
      await client.query(CREATE);
    },
    write: async ({ run, seq, lane }) => {
      warnings.length = 0;
      const { rows } = await client.query<WriteAnswer>(WRITE, [run, seq, lane]);
      const [answer] = rows;
      if (answer === undefined) throw new Error('an answer without a row');
      // A commit whose wait for the replica was given up is answered like any other, after this warning.
      return warnings[0] === undefined ? answer : { ...answer, warning: warnings[0] };
    },
    read: async (run) => (await client.query<TableRow>(READ, [run])).rows,
    broken,
    destroy: () => socket.destroy(),
  };
}
