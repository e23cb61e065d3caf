import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';

import type { Session, WrittenRow } from '../session.ts';
import { within } from '../session.ts';
import type { MysqlTarget, Patience } from '../target.ts';

/** A replica that is told to report itself has a name; without it, the container's host name tells them apart. */
const NODE = `SELECT COALESCE(NULLIF(@@report_host, ''), @@hostname) AS node`;

/** Neither table can be without a key where Group Replication runs; a number may stand in the first more than once. */
const CREATE = [
  `CREATE TABLE IF NOT EXISTS flotilla_oracle (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, run char(36) NOT NULL, seq bigint NOT NULL, written_by varchar(16) NOT NULL,
    reign int NOT NULL, at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), KEY (run, seq)) ENGINE=InnoDB`,
  `CREATE TABLE IF NOT EXISTS flotilla_oracle_reign (reign int NOT NULL PRIMARY KEY, node varchar(255) NOT NULL) ENGINE=InnoDB`,
];
/** The lock holds the reign until the commit. Both engines know this form of it. */
const LAST_REIGN = 'SELECT reign, node FROM flotilla_oracle_reign ORDER BY reign DESC LIMIT 1 LOCK IN SHARE MODE';
/** Does nothing when another lane of the same node began it meanwhile. */
const BEGIN_REIGN = 'INSERT IGNORE INTO flotilla_oracle_reign (reign, node) VALUES (?, ?)';
const WRITE = 'INSERT INTO flotilla_oracle (run, seq, written_by, reign) VALUES (?, ?, ?, ?)';
const READ = `SELECT seq, COUNT(*) AS copies FROM flotilla_oracle WHERE run = ? GROUP BY seq ORDER BY seq`;

type ReignRow = RowDataPacket & { readonly reign: number; readonly node: string };

/**
 * Opens a session with MySQL or MariaDB. They do not number their primaries, so the reign is counted in the data: a node that finds
 * another's name on the last reign begins the next, in the transaction of the row itself. Throws what the driver throws; nothing is
 * left open then.
 */
export async function openMysql(target: MysqlTarget, patience: Patience): Promise<Session> {
  const { host, port, user, password, database } = target;
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database,
    connectTimeout: patience.connectMs,
  });
  const broken = new Promise<string>((resolve) => {
    connection.on('error', (error: Error) => resolve(error.message));
    connection.on('end', () => resolve('closed'));
  });
  const ask = { connection, limitMs: patience.statementMs };
  try {
    // Without gap locks, lanes that begin a reign together wait for each other and do not deadlock.
    await query(ask, 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await query(ask, 'SET autocommit = 0');
    const [identity] = await query<RowDataPacket[]>(ask, NODE);
    const node = String(identity?.['node']);
    return {
      prepare: async () => {
        for (const statement of CREATE) await query(ask, statement);
      },
      write: (row) => write({ ...ask, node }, row),
      read: async (run) => {
        const rows = await query<RowDataPacket[]>(ask, READ, [run]);
        return rows.map((row) => ({ seq: Number(row['seq']), copies: Number(row['copies']) }));
      },
      broken,
      destroy: () => connection.destroy(),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

type Ask = { readonly connection: Connection; readonly limitMs: number };

async function write(ask: Ask & { readonly node: string }, { run, seq, lane }: WrittenRow) {
  const timeline = await currentReign(ask);
  await query(ask, WRITE, [run, seq, lane, timeline]);
  await query(ask, 'COMMIT');
  return { node: ask.node, timeline };
}

async function currentReign(ask: Ask & { readonly node: string }): Promise<number> {
  const [last] = await query<ReignRow[]>(ask, LAST_REIGN);
  if (last?.node === ask.node) return last.reign;
  await query<ResultSetHeader>(ask, BEGIN_REIGN, [(last?.reign ?? 0) + 1, ask.node]);
  const [begun] = await query<ReignRow[]>(ask, LAST_REIGN);
  if (begun?.node !== ask.node) throw new Error(`${begun?.node ?? 'nobody'} reigns here, not ${ask.node}`);
  return begun.reign;
}

async function query<T extends RowDataPacket[] | ResultSetHeader>(
  { connection, limitMs }: Ask,
  sql: string,
  values: readonly (string | number)[] = [],
): Promise<T> {
  // The driver's own limit would keep its timer after the session is gone.
  const [result] = await within(limitMs, connection.query<T>({ sql, values: [...values] }));
  return result;
}
