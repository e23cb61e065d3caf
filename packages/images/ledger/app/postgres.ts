import { DatabaseError, Pool } from 'pg';
import type { PoolClient } from 'pg';

import type { SqlConfig } from './config.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './limits.ts';
import type { Store } from './store.ts';

const CREATE = `CREATE TABLE IF NOT EXISTS ledger_entries (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now())`;
const INSERT = 'INSERT INTO ledger_entries (text) VALUES ($1) RETURNING number::int';
const NEWEST = 'SELECT number::int, text, at FROM ledger_entries ORDER BY number DESC LIMIT $1';
const PRIMARY = `SELECT coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'local') AS name,
  pg_is_in_recovery() AS is_replica`;

const NO_TABLE = '42P01';
/** Two applications that make the table at once: one of them is refused, and the table is there. */
const MADE_MEANWHILE = new Set(['23505', '42P07']);

type Row = { readonly number: number; readonly text: string; readonly at: Date };

/** Opens the ledger in PostgreSQL. */
export function openPostgres(config: SqlConfig): Store {
  const writes = openPool(config, config.port);
  const reads = config.readPort === config.port ? writes : openPool(config, config.readPort);
  return {
    append: async (text) => {
      try {
        return await insert(writes, text);
      } catch (error) {
        if (codeOf(error) !== NO_TABLE) throw error;
        await createTable(writes);
        return await insert(writes, text);
      }
    },
    newest: async (limit) => {
      try {
        const { rows } = await reads.query<Row>(NEWEST, [limit]);
        return rows.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() }));
      } catch (error) {
        if (codeOf(error) === NO_TABLE) return [];
        throw error;
      }
    },
    primary: async () => {
      const { rows } = await writes.query<{ name: string; is_replica: boolean }>(PRIMARY);
      const [node] = rows;
      if (node === undefined || node.is_replica) throw new Error('the write port leads to a replica');
      return node.name;
    },
    close: async () => {
      await Promise.all([...new Set([writes, reads])].map((pool) => pool.end()));
    },
  };
}

function openPool({ host, database, user, password }: SqlConfig, port: number): Pool {
  const pool = new Pool({
    host,
    port,
    database,
    user,
    password,
    application_name: 'ledger',
    max: 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  });
  // Without a listener the loss of a connection would end the process; its query fails as well.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A commit whose wait for the replicas was cut short is answered like any other, with a warning before. It is not acknowledged here. */
async function insert(pool: Pool, text: string): Promise<number> {
  const client = await pool.connect();
  let isCutShort = false;
  const onNotice = ({ message = '' }: { readonly message?: string | undefined }) => {
    isCutShort ||= message.startsWith('canceling');
  };
  client.on('notice', onNotice);
  try {
    const number = await insertOn(client, text);
    if (isCutShort) throw new Error('the entry was stored on the primary alone');
    client.release();
    return number;
  } catch (error) {
    client.release(true);
    throw error;
  } finally {
    client.off('notice', onNotice);
  }
}

async function insertOn(client: PoolClient, text: string): Promise<number> {
  const { rows } = await client.query<{ number: number }>(INSERT, [text]);
  const [row] = rows;
  if (row === undefined) throw new Error('the database gave no number');
  return row.number;
}

async function createTable(pool: Pool): Promise<void> {
  try {
    await pool.query(CREATE);
  } catch (error) {
    if (!MADE_MEANWHILE.has(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): string {
  return (error instanceof DatabaseError ? error.code : undefined) ?? '';
}
