import { Client } from 'pg';

import { openPlainBench } from './bench.ts';
import type { PlainBench } from './bench.ts';
import { clientOf } from './config.ts';

/** What clients of a plain Patroni see: the longest time between two acknowledged writes, in milliseconds. */
export type PlainFigures = { readonly switchoverMs: number; readonly lostServerMs: number };

/**
 * Measures Patroni at its default timers behind the balancer of its example, to stand beside our figures: one switchover by patronictl,
 * then the loss of the leader's server. About three minutes; removes what it started.
 */
export async function measurePlainPatroni(): Promise<PlainFigures> {
  const bench = await openPlainBench();
  try {
    const [first, second] = (await bench.leader()) === 'one' ? (['one', 'two'] as const) : (['two', 'one'] as const);
    const order = [
      'patronictl',
      '-c',
      '/patroni.yaml',
      'switchover',
      'plain',
      '--leader',
      first,
      '--candidate',
      second,
      '--force',
    ];
    const switchoverMs = await longestGap(bench, 30_000, () => bench.inside(second, order));
    const lostServerMs = await longestGap(bench, 70_000, () => bench.cutPower(second));
    return { switchoverMs, lostServerMs };
  } finally {
    await bench.close();
  }
}

/** Writes for so long, causes the event after three seconds, and gives the longest silence between two acknowledgements. */
async function longestGap(
  { balancer }: PlainBench,
  durationMs: number,
  cause: () => Promise<unknown>,
): Promise<number> {
  const endAt = performance.now() + durationMs;
  const caused = new Promise<unknown>((resolve) => setTimeout(resolve, 3_000)).then(cause);
  let client: Client | undefined;
  let last: number | undefined;
  let longest = 0;
  while (performance.now() < endAt) {
    try {
      client ??= await connect(balancer);
      await client.query('INSERT INTO plain VALUES (clock_timestamp())');
      const now = performance.now();
      longest = Math.max(longest, now - (last ?? now));
      last = now;
    } catch {
      void client?.end().catch(() => undefined);
      client = undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await client?.end().catch(() => undefined);
  await caused;
  return Math.round(longest);
}

async function connect(host: string): Promise<Client> {
  const client = new Client({ ...clientOf(host), query_timeout: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('CREATE TABLE IF NOT EXISTS plain (at timestamptz)');
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}
