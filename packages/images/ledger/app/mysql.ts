import { createPool } from 'mysql2/promise';
import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

import type { SqlConfig } from './config.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './limits.ts';
import type { Store } from './store.ts';

const CREATE = `CREATE TABLE IF NOT EXISTS ledger_entries (
  number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, text TEXT NOT NULL, at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3))`;
const INSERT = 'INSERT INTO ledger_entries (text) VALUES (?)';
const NEWEST = 'SELECT number, text, UNIX_TIMESTAMP(at) AS seconds FROM ledger_entries ORDER BY number DESC LIMIT ?';
const PRIMARY = 'SELECT COALESCE(@@report_host, @@hostname) AS name, @@read_only AS is_replica';

type Row = RowDataPacket & { readonly number: number; readonly text: string; readonly seconds: string };
type Node = RowDataPacket & { readonly name: string; readonly is_replica: number };

/** Opens the ledger in MySQL or MariaDB. */
export function openMysql(config: SqlConfig): Store {
  const writes = openPool(config, config.port);
  const reads = config.readPort === config.port ? writes : openPool(config, config.readPort);
  return {
    append: async (text) => {
      try {
        return await insert(writes, text);
      } catch (error) {
        if (!isNoTable(error)) throw error;
        await using(writes, (connection) => connection.query({ sql: CREATE, timeout: ANSWER_TIMEOUT_MS }));
        return await insert(writes, text);
      }
    },
    newest: async (limit) => {
      try {
        return (await select<Row>(reads, NEWEST, [limit])).map(({ number, text, seconds }) => ({
          number,
          text,
          at: new Date(Number(seconds) * 1_000).toISOString(),
        }));
      } catch (error) {
        if (isNoTable(error)) return [];
        throw error;
      }
    },
    primary: async () => {
      const [node] = await select<Node>(writes, PRIMARY, []);
      if (node === undefined || node.is_replica !== 0) throw new Error('the write port leads to a replica');
      return node.name;
    },
    close: async () => {
      await Promise.all([...new Set([writes, reads])].map((pool) => pool.end()));
    },
  };
}

function openPool({ host, database, user, password }: SqlConfig, port: number): Pool {
  return createPool({
    host,
    port,
    database,
    user,
    password,
    connectionLimit: 10,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
  });
}

async function insert(pool: Pool, text: string): Promise<number> {
  const [result] = await using(pool, (connection) =>
    connection.query<ResultSetHeader>({ sql: INSERT, values: [text], timeout: ANSWER_TIMEOUT_MS }),
  );
  return result.insertId;
}

async function select<R extends RowDataPacket>(pool: Pool, sql: string, values: readonly number[]): Promise<R[]> {
  const [rows] = await using(pool, (connection) =>
    connection.query<R[]>({ sql, values: [...values], timeout: ANSWER_TIMEOUT_MS }),
  );
  return rows;
}

/** Runs work on a connection, which is thrown away when the work fails: it may lead to a node that became a replica. */
async function using<T>(pool: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection();
  try {
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function isNoTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ER_NO_SUCH_TABLE';
}
