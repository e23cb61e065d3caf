import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname } from 'node:path';

import type { GuardConfig, GuardedService } from '@flotilla/model';

import type { Engine } from '../engines/engine.ts';
import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import { openRecordStore } from '../store/record-store.ts';
import { createControlServer, createRoleServer } from './http.ts';
import type { Served } from './http.ts';
import type { Log } from './log.ts';
import { ordersOf } from './orders.ts';
import type { AskPeer } from './peer-client.ts';
import { RETURN_INTERVAL_MS, returnOf } from './return.ts';
import { Watch } from './watch.ts';

const PEER_INTERVAL_MS = 250;
const ENGINE_INTERVAL_MS = 100;
const TEND_INTERVAL_MS = 500;

/** Where a guard keeps and offers things; absolute paths. */
export type GuardPlaces = {
  readonly terms: string;
  readonly bootId: string;
  readonly controlSocket: string;
  readonly runFolder: (service: string) => string;
  /** Address of the role endpoints; port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number };
};

/** What a guard is made of. */
export type GuardParts = {
  readonly config: GuardConfig;
  readonly places: GuardPlaces;
  readonly engineOf: (service: GuardedService) => Engine;
  readonly ask: AskPeer;
  readonly log: Log;
};

/** A guard that runs. */
export type RunningGuard = {
  /** Port of the role endpoints. */
  readonly port: number;
  /** Stops asking and answering. Verdicts stay as they are: stopping the guard closes no database. */
  stop(): Promise<void>;
};

/** Starts a guard: watches every service, serves the role endpoints and the control socket. */
export async function startGuard(parts: GuardParts): Promise<RunningGuard> {
  const { config, places } = parts;
  const bootId = ensureBootId(places.bootId);
  const store = openRecordStore(places.terms);
  const engines = new Map(config.services.map((service) => [service.service, parts.engineOf(service)]));
  const services = new Map<string, Served>();
  for (const service of config.services) {
    const engine = engines.get(service.service);
    if (engine === undefined) continue;
    const runFolder = places.runFolder(service.service);
    mkdirSync(runFolder, { recursive: true });
    const watch = new Watch({
      config,
      service,
      bootId,
      runFolder,
      store,
      engine,
      ask: parts.ask,
      log: parts.log,
      monotonic,
    });
    services.set(service.service, { watch, orders: ordersOf(watch, () => new Date().toISOString()) });
  }
  const roles = createRoleServer(services);
  const control = createControlServer(services);
  const port = await listen(roles, places);
  await listenOnSocket(control, places);
  const stopLoops = startLoops(services, parts.log);
  parts.log({ event: 'started', server: config.server, bootId, port });
  const stop = async () => {
    stopLoops();
    await Promise.all([end(roles), end(control), ...[...engines.values()].map((engine) => engine.close())]);
  };
  return { port, stop };
}

function monotonic(): number {
  return performance.now();
}

/** The file is on tmpfs: it is as old as the boot, also where several servers share one kernel. */
function ensureBootId(path: string): string {
  const known = readIfPresent(path)?.trim();
  if (known) return known;
  const bootId = randomUUID();
  writeAtomically(path, `${bootId}\n`);
  return bootId;
}

function startLoops(services: ReadonlyMap<string, Served>, log: Log): () => void {
  const abort = new AbortController();
  for (const { watch, orders } of services.values()) {
    const name = watch.options.service.service;
    const onError = (error: unknown) => log({ event: 'error', service: name, message: String(error) });
    const every = (intervalMs: number, task: () => Promise<void>) =>
      void repeat({ intervalMs, task, onError, signal: abort.signal });
    for (const peer of watch.peers) every(PEER_INTERVAL_MS, () => watch.askPeer(peer));
    every(ENGINE_INTERVAL_MS, () => watch.observe());
    every(TEND_INTERVAL_MS, () => tend(watch));
    every(RETURN_INTERVAL_MS, returnOf(watch, { orders, monotonic }));
  }
  return () => abort.abort();
}

async function tend(watch: Watch): Promise<void> {
  const { facts, verdict } = watch;
  const isSettled =
    (verdict.kind === 'open' && facts.role === 'primary') || verdict.kind === 'replica' || verdict.kind === 'yielded';
  if (facts.state !== 'running' || !isSettled) return;
  await watch.options.engine.tend?.(facts, watch.options.service.members, watch.peerEngines);
}

type Repeated = {
  readonly intervalMs: number;
  readonly task: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

async function repeat({ intervalMs, task, onError, signal }: Repeated): Promise<void> {
  while (!signal.aborted) {
    try {
      await task();
    } catch (error) {
      onError(error);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

function listen(server: Server, places: GuardPlaces): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(places.listen.port, places.listen.host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : places.listen.port);
    });
  });
}

/** After a reboot Docker makes the folder as root: who deploys is known by the folder that outlives it. */
function listenOnSocket(server: Server, { controlSocket: path, terms }: GuardPlaces): Promise<void> {
  for (const folder of [dirname(path), terms]) mkdirSync(folder, { recursive: true });
  rmSync(path, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      const { uid, gid } = statSync(terms);
      chmodSync(path, 0o600);
      chownSync(path, uid, gid);
      resolve();
    });
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
