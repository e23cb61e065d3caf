import { pollUntil, systemClock } from '@flotilla/exec';
import { openEndpointTunnel } from '@flotilla/sandbox';
import { Client } from 'pg';

import { ENGINE_PORTS, targetAt } from '../../e2e/support/data-access.ts';
import type { TestFleet } from '../../e2e/support/fleet.ts';

const clock = systemClock();

/** A session of a client that asks nothing, as a pool keeps them. */
export type IdleSession = {
  /** Resolves with the milliseconds since `sinceMs` at which it had ended. Throws after 60 s. */
  endedAfter(sinceMs: number): Promise<number>;
  close(): Promise<void>;
};

/** Opens a session through the data endpoint, to whoever takes writes now. */
export async function openIdleSession(fleet: TestFleet): Promise<IdleSession> {
  const { sandbox, runner, data } = fleet;
  const through = { sandbox, runner, clock, through: data.client };
  const tunnel = await openEndpointTunnel(through, { service: data.service, port: ENGINE_PORTS[data.kind] });
  const target = await targetAt(sandbox, data, tunnel);
  if (target.kind !== 'postgres') throw new Error('this is a client of PostgreSQL');
  const client = new Client(target);
  let endedAt: number | undefined;
  const end = () => {
    endedAt ??= clock.now();
  };
  client.on('error', end);
  client.on('end', end);
  await client.connect();
  await client.query('SELECT 1');
  const probe = () => Promise.resolve(endedAt);
  return {
    endedAfter: async (sinceMs) => {
      const found = await pollUntil(probe, { intervalMs: 20, timeoutMs: 60_000, clock });
      if (found === undefined) throw new Error('the session did not end within 60 s');
      return found - sinceMs;
    },
    close: async () => {
      if (endedAt === undefined) await client.end();
      await tunnel.close();
    },
  };
}
