import { createConnection } from 'mysql2/promise';
import type { Connection, RowDataPacket } from 'mysql2/promise';

import { readIfPresent } from '../store/atomic-file.ts';

/** Where and as whom a server of the MySQL family is asked, always over its local socket. */
export type SqlPlace = {
  readonly socket: string;
  readonly passwordFile: string;
  /** Statement that each new connection begins with. */
  readonly greeting: string;
};

export type SqlOptions = {
  /** Takes the places of the question marks, escaped by the client. */
  readonly values?: readonly unknown[];
  readonly timeoutMs?: number;
};

/** A connection that is made on use, and again after a failure. */
export type SqlSession = {
  /** Gives the rows; throws when the server refuses or does not answer within `timeoutMs`. */
  query<Row>(sql: string, options?: SqlOptions): Promise<readonly Row[]>;
  close(): void;
};

const GUARD_USER = 'flotilla_guard';
const TIMEOUT_MS = 1_000;

/** Opens a session of the guard's own user. */
export function openSession(place: SqlPlace): SqlSession {
  let current: Promise<Connection> | undefined;
  const drop = () => {
    const old = current;
    current = undefined;
    void old?.then((connection) => connection.destroy()).catch(() => undefined);
  };
  return {
    query: async <Row>(sql: string, { values = [], timeoutMs = TIMEOUT_MS }: SqlOptions = {}) => {
      current ??= connect(place, drop);
      try {
        const connection = await current;
        const [rows] = await connection.query<RowDataPacket[]>({ sql, values: [...values], timeout: timeoutMs });
        // What is no SELECT answers with a header instead of rows; the columns are those of the caller's own statement.
        return Array.isArray(rows) ? (rows as unknown as readonly Row[]) : [];
      } catch (error) {
        drop();
        throw error;
      }
    },
    close: drop,
  };
}

async function connect({ socket, passwordFile, greeting }: SqlPlace, onEnd: () => void): Promise<Connection> {
  const connection = await createConnection({
    socketPath: socket,
    user: GUARD_USER,
    password: (readIfPresent(passwordFile) ?? '').trim(),
    connectTimeout: TIMEOUT_MS,
  });
  connection.on('error', onEnd);
  try {
    await connection.query({ sql: greeting, timeout: TIMEOUT_MS });
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Lets one task run at a time, in the order they came; a failed one does not hinder the next. */
export function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
