import { join } from 'node:path';

import { switchover } from '@flotilla/failover';
import { judge } from '@flotilla/sandbox';

import { settle } from './settle.ts';
import type { Stage } from './stage.ts';
import { startWriting } from './writing.ts';

/** One planned change of primary under load. */
export type SwitchoverRun = {
  readonly from: string;
  readonly to: string;
  /** Longest time without an acknowledged write through the endpoint, in milliseconds. */
  readonly writeGapMs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly late: number;
};

/** About a second's worth of writes before and after. */
const SOME = 200;

/** Hands the role to and fro under load, `runs` times, and gives what each cost. */
export async function runSwitchovers(stage: Stage, runs: number): Promise<readonly SwitchoverRun[]> {
  const done: SwitchoverRun[] = [];
  for (let run = 1; run <= runs; run += 1) {
    done.push(await runOnce(stage, run));
    const last = done.at(-1);
    stage.context.say(`drill: switchover ${run} of ${runs}: gap ${last?.writeGapMs ?? 0} ms, ${last?.lost ?? 0} lost`);
  }
  return done;
}

async function runOnce(stage: Stage, run: number): Promise<SwitchoverRun> {
  const { target, tools, context } = stage;
  const { primary, members } = await settle(stage);
  const to = members.find(({ server }) => server !== primary)?.server;
  if (primary === undefined || to === undefined) throw new Error(`${target.service} is whole and has no replica`);
  const logFile = join(context.root, '.flotilla', 'drills', `${target.service}-switchover-${run}.jsonl`);
  const writing = await startWriting(stage, logFile);
  try {
    await writing.continues(SOME);
    await switchover(tools, to);
    await writing.continues(SOME);
    await settle(stage);
    const { log, rows } = await writing.finish();
    const verdict = judge(log, rows);
    return {
      from: primary,
      to,
      writeGapMs: verdict.longestGap?.durationMs ?? 0,
      acknowledged: verdict.acknowledged,
      lost: verdict.lost.length,
      duplicated: verdict.duplicated.length,
      late: verdict.lateAcks.length,
    };
  } finally {
    await writing.close();
  }
}

/** Gives the runs as lines for people, the median of the gaps last. */
export function formatSwitchovers(runs: readonly SwitchoverRun[]): string {
  const gaps = runs.map(({ writeGapMs }) => writeGapMs).toSorted((left, right) => left - right);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
  return [
    ...runs.map(
      ({ from, to, writeGapMs, acknowledged, lost, duplicated, late }) =>
        `${from} to ${to}: write gap ${writeGapMs} ms; ${acknowledged} acknowledged, ${lost} lost, ${duplicated} twice, ${late} late`,
    ),
    `median write gap ${median} ms of ${runs.length}`,
  ].join('\n');
}
