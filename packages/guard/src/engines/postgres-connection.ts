import { join } from 'node:path';

import { databaseSecrets } from '@flotilla/model';
import { Client } from 'pg';
import type { QueryResultRow } from 'pg';

import { readIfPresent } from '../store/atomic-file.ts';
import type { EnginePlace } from './place.ts';

const TIMEOUT_MS = 1_000;

/** Asks the engine one thing. Throws when it does not answer within a second. */
export type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Where the guard connects, and as whom. */
export type Socket = { readonly folder: string; readonly passwordFile: string };

/** Gives where the guard of one service connects. */
export function socketOf(service: string, { runFolder, secrets }: EnginePlace): Socket {
  return { folder: runFolder, passwordFile: join(secrets, databaseSecrets.guard(service)) };
}

/** A connection that is made on use, and again after a failure. */
export type Connection = { readonly query: Query; readonly drop: () => void };

/** Gives a connection that is not yet made. */
export function keepConnection(socket: Socket): Connection {
  let client: Promise<Client> | undefined;
  const drop = () => {
    const old = client;
    client = undefined;
    void old?.then((open) => open.end()).catch(() => undefined);
  };
  const query = async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
    client ??= connect(socket, drop, TIMEOUT_MS);
    try {
      const open = await client;
      return (await open.query<Row>(text, [...values])).rows;
    } catch (error) {
      drop();
      throw error;
    }
  };
  return { query, drop };
}

/** Runs `task` in a connection of its own, whose every answer may take so long. */
export async function withConnection<T>(
  socket: Socket,
  timeoutMs: number,
  task: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await connect(socket, () => undefined, timeoutMs);
  try {
    return await task(async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      return (await client.query<Row>(text, [...values])).rows;
    });
  } finally {
    void client.end().catch(() => undefined);
  }
}

async function connect(socket: Socket, onEnd: () => void, timeoutMs: number): Promise<Client> {
  const client = new Client({
    host: socket.folder,
    user: 'flotilla_guard',
    database: 'postgres',
    password: (readIfPresent(socket.passwordFile) ?? '').trim(),
    application_name: 'flotilla_guard',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: timeoutMs,
  });
  client.on('error', onEnd);
  client.on('end', onEnd);
  try {
    await client.connect();
    // A statement of ours must never wait for a standby.
    await client.query('SET synchronous_commit = local');
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}
