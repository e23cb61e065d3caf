import { once } from 'node:events';
import { createServer } from 'node:http';

import type pg from 'pg';

import type { Config } from './config.ts';
import { log } from './log.ts';
import { migrateWhenReachable } from './migrate.ts';
import { answer } from './routes.ts';

/** Longer than a proxy keeps an idle connection, so that the proxy is always the one to close it. */
const KEEP_ALIVE_MS = 75_000;

/** Serves until the signal; then takes no new connections, finishes what was asked, and returns. Throws when a migration is wrong. */
export async function serve(config: Config, pool: pg.Pool, signal: AbortSignal): Promise<void> {
  let isStarted = false;
  let isStopping = false;
  const app = { config, pool, isStarted: () => isStarted, isStopping: () => isStopping };
  const server = createServer((request, response) => void answer(app, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 600_000;
  server.listen(config.port);
  await once(server, 'listening');
  log('listening', { port: config.port, release: config.release, server: config.server });
  try {
    await migrateWhenReachable(pool, signal);
    isStarted = true;
    log('started');
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    isStopping = true;
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await closed;
  }
}
