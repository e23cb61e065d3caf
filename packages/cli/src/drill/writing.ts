import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { pollUntil } from '@flotilla/exec';
import { endpointPorts } from '@flotilla/model';
import { judgeRun, openEndpointTunnel, openTunnel, startOracle } from '@flotilla/sandbox';
import type { OracleLog, TableRow, Tunnel } from '@flotilla/sandbox';

import type { Stage } from './stage.ts';

const WAIT_MS = 60_000;

/** Clients that write while a drill runs. */
export type Writing = {
  /** Resolves when `count` more writes were acknowledged. Throws after 60 s. */
  continues(count: number): Promise<void>;
  /** Stops them and reads what the primary holds. May be called once. */
  finish(): Promise<{ readonly log: OracleLog; readonly rows: readonly TableRow[] }>;
  /** Stops whatever still runs. May be repeated. */
  close(): Promise<void>;
};

/**
 * Starts clients through the data endpoint of the stage's client server, and beside them for each member one on that server that
 * knows only the member's address, and one on the member itself. Throws what the oracle throws.
 */
export async function startWriting(stage: Stage, logFile: string): Promise<Writing> {
  const { sandbox, context, client, target, database } = stage;
  const { runner, clock } = context;
  const tunnels: Tunnel[] = [];
  const keep = async (opening: Promise<Tunnel>) => {
    const tunnel = await opening;
    tunnels.push(tunnel);
    return stage.oracleAt(tunnel);
  };
  const way = (through: string) => ({ sandbox, runner, clock, through });
  await mkdir(dirname(logFile), { recursive: true });
  await rm(logFile, { force: true });
  const endpoint = { service: target.service, port: endpointPorts(database.kind).write };
  const entrance = await keep(openEndpointTunnel(way(client), endpoint));
  const oracle = await startOracle({ target: entrance, logFile, clock });
  for (const member of target.members) {
    const host = sandbox.servers.find(({ name }) => name === member)?.address ?? '';
    const end = () => Promise.resolve({ host, port: database.port });
    oracle.addDirectLane(await keep(openTunnel(way(client), end)));
    oracle.addDirectLane(await keep(openTunnel(way(member), end)), 'local');
  }
  let stopped: Promise<OracleLog> | undefined;
  const stop = () => {
    stopped ??= oracle.stop();
    // A session with a server that is gone would wait for its answer.
    void Promise.all(tunnels.slice(1).map((tunnel) => tunnel.close()));
    return stopped;
  };
  return {
    continues: async (count) => {
      const wanted = oracle.acknowledged() + count;
      const probe = () => Promise.resolve(oracle.acknowledged() >= wanted ? true : undefined);
      const reached = await pollUntil(probe, { intervalMs: 20, timeoutMs: WAIT_MS, clock });
      if (reached === undefined)
        throw new Error(`no ${count} more writes were acknowledged within ${WAIT_MS / 1000} s`);
    },
    finish: async () => {
      const log = await stop();
      const { rows } = await judgeRun(entrance, log);
      return { log, rows };
    },
    close: async () => {
      await stop();
      await Promise.all(tunnels.map((tunnel) => tunnel.close()));
    },
  };
}
