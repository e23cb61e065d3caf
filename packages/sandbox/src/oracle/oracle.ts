import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Clock } from '@flotilla/exec';

import type { OracleVerdict } from './judge.ts';
import { judge } from './judge.ts';
import { runLane } from './lane.ts';
import type { LogFile } from './log-file.ts';
import { createLogFile } from './log-file.ts';
import type { LaneWay, OracleEvent, OracleLog, TableRow } from './log.ts';
import { parseLog } from './log.ts';
import { openSession } from './open-session.ts';
import { createTable, readRows } from './table.ts';
import type { OracleTarget, Patience } from './target.ts';

/** Short, so that a lane is back soon after the service is. */
const ENDPOINT_PATIENCE: Patience = { connectMs: 500, statementMs: 2_000 };
/** Long, so that a session that is open to a frozen engine is still there when it thaws. */
const DIRECT_PATIENCE: Patience = { connectMs: 2_000, statementMs: 300_000 };

const DEFAULT_LANES = 4;
const DEFAULT_WRITES_PER_SECOND = 200;
/** Far below what a primary takes: a direct lane is a witness, not a load. */
const DIRECT_INTERVAL_MS = 50;
/** A gap is measured to about this many milliseconds. */
const ENDPOINT_RETRY_MS = 20;
/** Most members refuse writes most of the time. */
const DIRECT_RETRY_MS = 250;

/** How the oracle writes. */
export type OracleOptions = {
  /** The data endpoint, as this machine reaches it. */
  readonly target: OracleTarget;
  /** Path of the log; there must be no such file. */
  readonly logFile: string;
  /** 4 when absent. */
  readonly lanes?: number;
  /** Over all lanes; 200 when absent. */
  readonly writesPerSecond?: number;
  readonly clock: Clock;
};

/** A running oracle. */
export type Oracle = {
  readonly run: string;
  /**
   * Adds a client that stays with one server, whoever is primary, as one with an old address or an old session does. It stands on
   * another server of the fleet, unless it is `local`: on that very server.
   */
  addDirectLane(target: OracleTarget, way?: 'direct' | 'local'): void;
  /** Acknowledgements so far. */
  acknowledged(): number;
  /** Stops writing and gives the synced log. May be called once. */
  stop(): Promise<OracleLog>;
};

/**
 * Starts to write numbered rows, one commit each, and to log every acknowledgement on this machine. Makes its table first.
 * Throws SANDBOX_ORACLE_FAILED when it cannot.
 * @example const oracle = await startOracle({ target, logFile, clock: systemClock() }); …; const log = await oracle.stop();
 */
export async function startOracle(options: OracleOptions): Promise<Oracle> {
  const { target, lanes = DEFAULT_LANES, writesPerSecond = DEFAULT_WRITES_PER_SECOND } = options;
  await createTable(target);
  const file = await createLogFile(options.logFile);
  const run = randomUUID();
  const crew = startCrew({ run, file, clock: options.clock });
  crew.log({ kind: 'begin', run, at: now() });
  const intervalMs = (lanes * 1_000) / writesPerSecond;
  for (let lane = 1; lane <= lanes; lane += 1) {
    const pace = { patience: ENDPOINT_PATIENCE, intervalMs, retryMs: ENDPOINT_RETRY_MS };
    crew.add({ lane: `w${lane}`, via: 'endpoint', target, ...pace });
  }
  let directLanes = 0;
  return {
    run,
    addDirectLane: (direct, via = 'direct') => {
      directLanes += 1;
      const lane = `d${directLanes}`;
      const pace = { patience: DIRECT_PATIENCE, intervalMs: DIRECT_INTERVAL_MS, retryMs: DIRECT_RETRY_MS };
      crew.add({ lane, via, target: direct, ...pace });
    },
    acknowledged: crew.acknowledged,
    stop: async () => {
      await crew.stop();
      return parseLog(await readFile(options.logFile, 'utf8'));
    },
  };
}

/** Judges a run by the table of the engine at `target`, which must be the primary. Throws SANDBOX_ORACLE_FAILED. */
export async function judgeRun(
  target: OracleTarget,
  log: OracleLog,
): Promise<{ readonly rows: readonly TableRow[]; readonly verdict: OracleVerdict }> {
  const run = log.find((event) => event.kind === 'begin')?.run;
  if (run === undefined) throw new Error('a log begins with its run');
  const rows = await readRows(target, run);
  return { rows, verdict: judge(log, rows) };
}

function now(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

type CrewOptions = { readonly run: string; readonly file: LogFile; readonly clock: Clock };
type CrewLane = {
  readonly lane: string;
  readonly via: LaneWay;
  readonly target: OracleTarget;
  readonly patience: Patience;
  readonly intervalMs: number;
  readonly retryMs: number;
};

function startCrew({ run, file, clock }: CrewOptions) {
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  let lastSeq = 0;
  let acknowledged = 0;
  const log = (event: OracleEvent) => {
    if (event.kind === 'ack') acknowledged += 1;
    file.append(event);
  };
  const nextSeq = () => (lastSeq += 1);
  return {
    log,
    acknowledged: () => acknowledged,
    add: ({ via, target, patience, ...lane }: CrewLane) => {
      log({ kind: 'lane', lane: lane.lane, via, at: now() });
      const open = () => openSession(target, patience);
      running.push(runLane({ ...lane, open, run, nextSeq, log, now, clock, signal: stopping.signal }));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      log({ kind: 'end', at: now() });
      await file.close();
    },
  };
}
