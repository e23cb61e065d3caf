import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DEFAULT_RTO_MS } from '@flotilla/model';
import {
  brokenPromises,
  firstWriteAfter,
  formatSummary,
  judge,
  planRun,
  rejudge,
  saveRecord,
  summarise,
} from '@flotilla/sandbox';
import type { DrillSummary, Generation, JudgedRun, OracleLog, PlannedFault, Role, RunFacts } from '@flotilla/sandbox';

import { beginningOf, carryOut } from './run.ts';
import type { Course } from './run.ts';
import { settle } from './settle.ts';
import { modeOf } from './stage.ts';
import type { Stage } from './stage.ts';
import { startWriting } from './writing.ts';

/** What a series of runs is made of. */
export type Campaign = {
  /** Seed of the first run; the others count up from it. */
  readonly seed: number;
  readonly runs: number;
  /** Kinds of fault to choose from; all when absent. */
  readonly kinds?: readonly PlannedFault['kind'][];
  /** Roles to strike; all when absent. */
  readonly roles?: readonly Role[];
  readonly mostFaults?: number;
  /** Only faults that take the primary, each until it would have been replaced. */
  readonly isLasting?: boolean;
  /** A person fails over, also where an engine of consensus would do it later. */
  readonly byCommand: boolean;
  /** Absolute folder for the records and the summary. */
  readonly folder: string;
};

/**
 * Makes the runs one after another on the same sandbox, keeps each as one file, and writes `summary.json` and `summary.txt` of all
 * that the folder keeps after each: a series may be continued. A run that cannot be carried out to its end throws, and leaves the records of those before it.
 */
export async function runCampaign(stage: Stage, campaign: Campaign): Promise<DrillSummary> {
  const judged: JudgedRun[] = [];
  await mkdir(campaign.folder, { recursive: true });
  const ownSeeds = Array.from({ length: campaign.runs }, (_, index) => campaign.seed + index);
  const kept = (await rejudge(campaign.folder)).filter(({ facts }) => !ownSeeds.includes(facts.seed));
  for (let index = 0; index < campaign.runs; index += 1) {
    judged.push(await runOnce(stage, campaign, campaign.seed + index));
    await writeSummary(campaign.folder, summarise([...kept, ...judged]));
    const last = judged.at(-1);
    const broken = last?.broken.map(({ kind }) => kind).join(', ');
    stage.context.say(
      `drill: run ${index + 1} of ${campaign.runs}, seed ${campaign.seed + index}: ${broken || 'kept'}`,
    );
  }
  return summarise(judged);
}

async function runOnce(stage: Stage, campaign: Campaign, seed: number): Promise<JudgedRun> {
  const { kinds, roles, mostFaults, isLasting = false, byCommand } = campaign;
  const isManual = byCommand || stage.target.control === 'guard';
  const plan = planRun(seed, {
    ...(isManual ? { control: 'manual' } : { control: 'automatic', givesUpMs: givesUpMsOf(stage) }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(roles === undefined ? {} : { roles }),
    ...(mostFaults === undefined ? {} : { mostFaults }),
    isLasting,
  });
  await settle(stage);
  const name = `${stage.target.service}-${seed}`;
  const date = new Date(stage.context.clock.now()).toISOString();
  const writing = await startWriting(stage, join(stage.context.root, '.flotilla', 'drills', `${name}.jsonl`));
  try {
    const course = await carryOut(stage, plan, writing);
    const { log, rows } = await writing.finish();
    const facts = factsOf(stage, { seed, date, course, log, reigns: judge(log, rows).generations });
    const record = await saveRecord(join(campaign.folder, `${name}.run.br`), { facts, log, rows });
    return { facts, verdict: record.verdict, broken: brokenPromises(record) };
  } finally {
    await writing.close();
  }
}

/** What an engine of consensus promises is the longest that it may take. */
function givesUpMsOf({ target, database }: Stage): number {
  if ('rto' in database && database.rto !== undefined) return database.rto;
  return target.control === 'guard' ? 0 : DEFAULT_RTO_MS[target.control];
}

type Happened = {
  readonly seed: number;
  readonly date: string;
  readonly course: Course;
  readonly log: OracleLog;
  /** Oldest first. */
  readonly reigns: readonly Generation[];
};

function factsOf(stage: Stage, { seed, date, course, log, reigns }: Happened): RunFacts {
  const { times, faults, failovers } = course;
  const beginsAt = beginningOf(course);
  const firstWriteMs = beginsAt === undefined ? undefined : firstWriteMsAfter(beginsAt, { course, log, reigns });
  return {
    seed,
    date,
    environment: stage.environment.environment,
    service: stage.target.service,
    engine: stage.database.kind,
    mode: modeOf(stage.database),
    faults,
    failovers: failovers.length > 0 || stage.target.control === 'guard' ? failovers : automaticChanges(reigns),
    times: { ...times, ...(firstWriteMs === undefined ? {} : { firstWriteMs }) },
  };
}

/**
 * Until another reign than the one at that moment took a write through the endpoints; counted from the last cause before it, for a primary may have
 * survived the first.
 */
function firstWriteMsAfter(
  at: number,
  { course, log, reigns }: Pick<Happened, 'course' | 'log' | 'reigns'>,
): number | undefined {
  const except = reigns.findLast(({ firstAckAt }) => firstAckAt <= at);
  const first = firstWriteAfter(log, { at, ...(except === undefined ? {} : { except }) });
  if (first === undefined) return undefined;
  return first.at - (course.begunAt.findLast((begun) => begun <= first.at) ?? at);
}

function automaticChanges(reigns: readonly Generation[]): RunFacts['failovers'] {
  return reigns.slice(1).map((reign, index) => ({
    at: reign.firstAckAt,
    from: reigns[index]?.node ?? '',
    to: reign.node,
    fence: 'automatic' as const,
  }));
}

async function writeSummary(folder: string, summary: DrillSummary): Promise<void> {
  await writeFile(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await writeFile(join(folder, 'summary.txt'), `${formatSummary(summary)}\n`);
}
