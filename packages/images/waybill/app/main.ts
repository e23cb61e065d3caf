import { readConfig } from './config.ts';
import { openPool } from './database.ts';
import { errorText, log } from './log.ts';
import { migrateWhenReachable } from './migrate.ts';
import { runWorker } from './queue.ts';
import { serve } from './serve.ts';

async function main(command: string): Promise<number> {
  const config = readConfig(process.env);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      log('stopping', { signal: name });
      stop.abort();
    });
  }
  const pool = openPool(config.database);
  try {
    switch (command) {
      case 'serve':
        await serve(config, pool, stop.signal);
        return 0;
      case 'worker':
        await migrateWhenReachable(pool, stop.signal);
        log('working', { release: config.release, server: config.server });
        await runWorker(pool, config.server, stop.signal);
        return 0;
      default:
        process.stderr.write(`unknown command ${command}: expected serve or worker\n`);
        return 2;
    }
  } catch (error) {
    if (stop.signal.aborted) return 0;
    log('failed', { error: errorText(error) });
    return 1;
  } finally {
    await pool.end();
    log('stopped');
  }
}

process.exitCode = await main(process.argv[2] ?? 'serve');
