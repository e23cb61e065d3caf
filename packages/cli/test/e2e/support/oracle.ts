import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { pollUntil, systemClock } from '@flotilla/exec';
import { judgeRun, openEndpointTunnel, openTunnel, startOracle } from '@flotilla/sandbox';
import type { OracleAck, OracleLog, OracleVerdict, TableRow, Tunnel } from '@flotilla/sandbox';

import { ENGINE_PORTS, targetAt, WAYBILL } from './data-access.ts';
import type { TestFleet } from './fleet.ts';

/** The guarded service of waybill. */
export const SERVICE = WAYBILL.service;

const clock = systemClock();

/** An oracle that writes through a client server's data endpoint. */
export type Writing = {
  readonly run: string;
  /** Adds a client on another server that knows one member by its address and never asks who is primary. Gives its lane. */
  addOldClient(server: string): Promise<string>;
  /** Adds a client on a member itself, which stays with it. Gives its lane. */
  addLocalClient(server: string): Promise<string>;
  /** Resolves when `count` more writes were acknowledged. Throws after 60 s. */
  continues(count: number): Promise<void>;
  /** Acknowledgements so far. */
  acknowledged(): number;
  /** Stops, and judges by the table of whoever is primary. May be called once. */
  judge(): Promise<Judgement>;
};

/** What a run was, and what it proves. */
export type Judgement = {
  readonly log: OracleLog;
  readonly rows: readonly TableRow[];
  readonly verdict: OracleVerdict;
};

/** Writes while `work` runs; stops afterwards, also when it fails. */
export async function whileWriting<T>(
  fleet: TestFleet,
  scenario: string,
  work: (writing: Writing) => Promise<T>,
): Promise<T> {
  const { repository, sandbox, data } = fleet;
  const port = ENGINE_PORTS[data.kind];
  const end = await openEndpointTunnel(tunnelOptions(fleet, data.client), { service: data.service, port });
  const target = await targetAt(sandbox, data, end);
  const logFile = join(repository.root, '.flotilla', 'oracle', `${scenario}.jsonl`);
  await mkdir(dirname(logFile), { recursive: true });
  const oracle = await startOracle({ target, logFile, clock }).catch(async (error: unknown) => {
    await end.close();
    throw error;
  });
  const oldWays: Tunnel[] = [];
  let stopped: Promise<OracleLog> | undefined;
  const stop = () => {
    stopped ??= oracle.stop();
    // A session with a server that is gone would wait for its answer.
    void Promise.all(oldWays.map((tunnel) => tunnel.close()));
    return stopped;
  };
  const addClient = async (way: 'direct' | 'local', { server, through }: Way) => {
    const tunnel = await openOldWay(fleet, { server, through });
    oldWays.push(tunnel);
    oracle.addDirectLane(await targetAt(sandbox, data, tunnel), way);
    return `d${oldWays.length}`;
  };
  const addOldClient = (server: string) => addClient('direct', { server, through: data.oldClient });
  const addLocalClient = (server: string) => addClient('local', { server, through: server });
  const continues = (count: number) => waitForAcks(oracle, oracle.acknowledged() + count);
  const judge = async () => {
    const log = await stop();
    return { log, ...(await judgeRun(target, log)) };
  };
  try {
    const { run, acknowledged } = oracle;
    return await work({ run, addOldClient, addLocalClient, continues, acknowledged, judge });
  } finally {
    await stop();
    await end.close();
  }
}

function tunnelOptions({ sandbox, runner }: TestFleet, through: string) {
  return { sandbox, runner, clock, through };
}

type Way = { readonly server: string; readonly through: string };

function openOldWay(fleet: TestFleet, { server, through }: Way): Promise<Tunnel> {
  const found = fleet.sandbox.servers.find(({ name }) => name === server);
  if (found === undefined) throw new Error(`no server ${server}`);
  const end = { host: found.address, port: ENGINE_PORTS[fleet.data.kind] };
  return openTunnel(tunnelOptions(fleet, through), () => Promise.resolve(end));
}

async function waitForAcks(oracle: { acknowledged(): number }, wanted: number): Promise<void> {
  const probe = () => Promise.resolve(oracle.acknowledged() >= wanted ? true : undefined);
  const reached = await pollUntil(probe, { intervalMs: 20, timeoutMs: 60_000, clock });
  if (reached === undefined) throw new Error(`${oracle.acknowledged()} of ${wanted} writes acknowledged after 60 s`);
}

/** Gives the acknowledgements of one lane. */
export function acksOf(log: OracleLog, lane: string): readonly OracleAck[] {
  return log.filter((event) => event.kind === 'ack').filter((ack) => ack.lane === lane);
}

/** Gives when a node's latest reign began to acknowledge. Throws when it acknowledged nothing. */
export function firstAckOf({ verdict }: Judgement, node: string): number {
  const reign = verdict.generations.findLast((generation) => generation.node === node);
  if (reign === undefined) throw new Error(`${node} acknowledged nothing`);
  return reign.firstAckAt;
}
