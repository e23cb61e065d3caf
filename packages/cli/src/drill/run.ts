import { failover } from '@flotilla/failover';
import type { FailoverReport } from '@flotilla/failover';
import { FlotillaError } from '@flotilla/model';
import { causeFault, formatFault, mendsOf, strikesOf } from '@flotilla/sandbox';
import type { Cast, DrillPlan, DrillStep, Fault, RunFailover, RunTimes, StruckFault } from '@flotilla/sandbox';

import { settle } from './settle.ts';
import { lookAt } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Writing } from './writing.ts';

/** What happened in one run beside the writes. */
export type Course = {
  readonly faults: readonly StruckFault[];
  readonly failovers: readonly RunFailover[];
  /** Of the first change of primary by command; `firstWriteMs` is found in the log afterwards. */
  readonly times: RunTimes;
  /** When each fault that took the primary struck, and each failover was ordered; milliseconds since the epoch, ascending. */
  readonly begunAt: readonly number[];
};

/** About half a second's worth of writes. */
const SOME = 100;

/** Carries out a plan, step by step, while clients write. The service is whole when it returns. */
export async function carryOut(stage: Stage, plan: DrillPlan, writing: Writing): Promise<Course> {
  const run: Run = { stage, writing, faults: [], failovers: [], times: {}, begunAt: [], cast: undefined };
  for (const step of plan.steps) await carryOutStep(run, step);
  const { faults, failovers, times, begunAt } = run;
  return { faults, failovers, times, begunAt };
}

/** Gives when the first failover was ordered, or without one the first fault took the primary; milliseconds since the epoch. */
export function beginningOf({ failovers, begunAt }: Pick<Course, 'failovers' | 'begunAt'>): number | undefined {
  return failovers[0]?.at ?? begunAt[0];
}

type Run = {
  readonly stage: Stage;
  readonly writing: Writing;
  readonly faults: StruckFault[];
  readonly failovers: RunFailover[];
  readonly begunAt: number[];
  times: RunTimes;
  /** Whom the last fault struck. */
  cast: Cast | undefined;
};

async function carryOutStep(run: Run, step: DrillStep): Promise<void> {
  const { stage, writing } = run;
  const { context, target } = stage;
  switch (step.kind) {
    case 'pause':
      return context.clock.sleep(step.forMs);
    case 'strike': {
      run.cast = await castNow(stage);
      const beganAt = context.clock.now();
      if (step.fault.role === 'primary') run.begunAt.push(beganAt);
      return causeAll(run, strikesOf(step.fault, run.cast, target.service));
    }
    case 'fail-over':
      return failOver(run);
    case 'mend':
      if (run.cast === undefined) throw new Error('a plan mends what it struck');
      return causeAll(run, mendsOf(step.fault, run.cast, target.service));
    case 'settle': {
      await settle(stage);
      const beginsAt = beginningOf(run);
      if (beginsAt !== undefined && run.times.fullRedundancyMs === undefined) {
        run.times = { ...run.times, fullRedundancyMs: context.clock.now() - beginsAt };
      }
      return writing.continues(SOME);
    }
    default:
      throw new Error(`unreachable: ${String(step satisfies never)}`);
  }
}

/** Who plays which role now; where there is one replica, it is the other one too. */
async function castNow(stage: Stage): Promise<Cast> {
  const { primary, members } = await lookAt(stage);
  const [replica, other] = members.filter(({ server }) => server !== primary).map(({ server }) => server);
  if (primary === undefined || replica === undefined) throw new Error('a fault strikes a service that is whole');
  return { primary, replica, other: other ?? replica };
}

async function causeAll({ stage, faults }: Run, planned: readonly Fault[]): Promise<void> {
  const { context, environment } = stage;
  const { runner, clock } = context;
  for (const fault of planned) {
    context.say(`drill: ${formatFault(fault)}`);
    faults.push({ at: clock.now(), fault: formatFault(fault) });
    await causeFault({ environment: environment.environment, runner, clock }, fault);
  }
}

/** What an engine of consensus has done already, or a primary that came back by itself, needs no person. */
const NOT_NEEDED: readonly string[] = ['FAILOVER_PRIMARY_HEALTHY'];

async function failOver(run: Run): Promise<void> {
  const { stage, failovers } = run;
  const orderedAt = stage.context.clock.now();
  try {
    const report = await failover(stage.tools, { acceptLoss: true, isDespiteQuiet: true });
    failovers.push(failoverOf(report, orderedAt));
    run.begunAt.push(orderedAt);
    if (failovers.length === 1) run.times = timesOf(report);
  } catch (error) {
    if (!(error instanceof FlotillaError) || !NOT_NEEDED.includes(error.code)) throw error;
    stage.context.say(`drill: ${error.message}`);
  }
}

function failoverOf(report: FailoverReport, at: number): RunFailover {
  const { from, to, fence, loss } = report;
  const since = loss?.since === undefined ? {} : { since: Date.parse(loss.since) };
  return {
    at,
    from,
    to,
    fence: fence?.kind === 'unfenced' ? 'overridden' : 'proved',
    ...(loss === undefined ? {} : { lossWindow: { ...since, until: Date.parse(loss.until) } }),
  };
}

/** Times of a failover by command are counted from the command: how long a person takes to give it is no figure of ours. */
function timesOf({ events, toProofMs, proofToOpenMs }: FailoverReport): RunTimes {
  const seen = events.find(({ step }) => step === 'observe');
  return {
    ...(seen === undefined ? {} : { detectMs: seen.atMs }),
    fenceMs: toProofMs,
    promoteMs: toProofMs + proofToOpenMs,
  };
}
