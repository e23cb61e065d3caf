import { once } from 'node:events';
import { createServer } from 'node:http';

import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { errorText, log } from './log.ts';
import { openStore } from './open-store.ts';
import { answer } from './routes.ts';

/** Longer than a proxy keeps an idle connection, so that the proxy is always the one to close it. */
const KEEP_ALIVE_MS = 75_000;

async function main(): Promise<number> {
  const config = configOrUndefined();
  if (config === undefined) return 2;
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const store = openStore(config.database);
  const server = createServer((request, response) => void answer({ config, store }, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(config.port);
  await once(server, 'listening');
  log('listening', { port: config.port, release: config.release, kind: config.database.kind });
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
  await store.close();
  log('stopped');
  return 0;
}

function configOrUndefined(): Config | undefined {
  try {
    return readConfig(process.env);
  } catch (error) {
    process.stderr.write(`ledger: ${errorText(error)}\n`);
    return undefined;
  }
}

process.exitCode = await main();
