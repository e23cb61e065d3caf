import { Socket } from 'node:net';

import { Client } from 'pg';

/** Where the oracle writes, and as whom. */
export type OracleTarget = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
};

/** How long a client waits, in milliseconds. */
export type Patience = {
  readonly connectMs: number;
  readonly statementMs: number;
};

/** One session with an engine. */
export type Session = {
  readonly client: Client;
  /** Resolves with the reason once the session is of no more use. */
  readonly broken: Promise<string>;
  /** Ends it at once, without a word to the other side. */
  destroy(): void;
};

/** Opens a session. Throws what the driver throws; nothing is left open then. */
export async function openSession(target: OracleTarget, patience: Patience): Promise<Session> {
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
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { client, broken, destroy: () => socket.destroy() };
}
