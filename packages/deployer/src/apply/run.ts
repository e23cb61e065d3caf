import { FlotillaError } from '@flotilla/model';
import type { ErrorCode } from '@flotilla/model';

import { guardedServices } from '../plan/surroundings.ts';
import type { ActiveChange, Wave } from '../plan/index.ts';
import type { DeployContext, ReleaseChange } from './context.ts';
import { undrainOnTrial } from './drain.ts';
import { runGroup } from './group.ts';
import type { GroupRun } from './group.ts';
import type { Ledger } from './ledger.ts';
import { safePoint } from './locks.ts';
import { prepare } from './prepare.ts';
import type { Removal } from './remove.ts';
import { returnAll } from './return.ts';
import type { Survey } from './survey.ts';

/** How acting ended. */
export type Outcome =
  | { readonly kind: 'unchanged' | 'done' }
  | { readonly kind: 'returned' | 'failed'; readonly reason: FlotillaError };

/** The order of a run and what it is based on. */
export type Run = { readonly survey: Survey; readonly waves: readonly Wave[]; readonly ledger: Ledger };

/** After these nothing more may be done: somebody else acts now, or it is not known what was done. */
const STOPPING: readonly ErrorCode[] = [
  'DEPLOY_INTERRUPTED',
  'DEPLOY_PREEMPTED',
  'DEPLOY_LOCK_LOST',
  'DEPLOY_OUTCOME_UNKNOWN',
  'EXEC_UNREACHABLE',
  'EXEC_TIMEOUT',
];

/** Prepares every server, then runs wave after wave; stops or returns at the first that fails. Throws what preparing throws. */
export async function runWaves(context: DeployContext, run: Run): Promise<Outcome> {
  await prepare(context, preparations(run)).catch(async (error: unknown) => {
    throw await realReason(context, asFailure(error));
  });
  const group: GroupRun = {
    context,
    ledger: run.ledger,
    toRelease: (server, change) => toRelease(run.survey, server, change),
    guarded: guardedServices(context.tree),
  };
  for (const [index, wave] of run.waves.entries()) {
    const servers = wave.groups.map(({ server }) => server);
    context.events({ kind: 'wave', index: index + 1, count: run.waves.length, servers });
    const results = await Promise.allSettled(wave.groups.map((one) => runGroup(group, one)));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [asFailure(result.reason)] : []));
    const reason = errors.find(({ code }) => STOPPING.includes(code)) ?? errors[0];
    if (reason !== undefined) return await afterFailure(context, run.ledger, reason);
  }
  return { kind: 'done' };
}

async function afterFailure(context: DeployContext, ledger: Ledger, first: FlotillaError): Promise<Outcome> {
  try {
    const reason = await realReason(context, first);
    if (STOPPING.includes(reason.code)) return { kind: 'failed', reason };
    const areAllBack = await returnAll(context, ledger);
    const isReturned = areAllBack && reason.code !== 'DEPLOY_HAND_OVER_FAILED';
    return { kind: isReturned ? 'returned' : 'failed', reason };
  } catch (error) {
    return { kind: 'failed', reason: asFailure(error) };
  } finally {
    recordUnrecorded(ledger);
    await undrainLeft(context, ledger);
  }
}

/** A step or a gate may fail because a failover took over under it: then that is the reason. */
async function realReason(context: DeployContext, reason: FlotillaError): Promise<FlotillaError> {
  if (STOPPING.includes(reason.code) && reason.code !== 'DEPLOY_LOCK_LOST') return reason;
  try {
    await safePoint(context);
    return reason;
  } catch (error) {
    return asFailure(error);
  }
}

/** What began and has no result passed its gate; the failure of a neighbour came before it was written down on the server. */
function recordUnrecorded(ledger: Ledger): void {
  for (const { unit } of ledger.begun()) {
    const { server, service, hash: release } = unit;
    if (ledger.stateOf(server, service) !== undefined) continue;
    ledger.record(server, { service, state: 'changed', release, detail: 'well; the next deploy records it' });
  }
}

async function undrainLeft(context: DeployContext, ledger: Ledger): Promise<void> {
  try {
    await undrainOnTrial(context, ledger.leftDrained());
  } catch (error) {
    // The next deploy finds the entries in maintenance and puts them back.
    asFailure(error);
  }
}

function asFailure(error: unknown): FlotillaError {
  if (error instanceof FlotillaError) return error;
  throw error;
}

function preparations({ survey, waves }: Run) {
  const changes = waves.flatMap(({ groups }) => groups);
  return survey.targets.flatMap((tree) => {
    const own = changes.filter(({ server }) => server === tree.server).flatMap((group) => group.changes);
    const units = own.flatMap((change) => (change.kind === 'remove' ? [] : [change.unit]));
    const observation = survey.observations.get(tree.server);
    return units.length === 0 || observation === undefined ? [] : [{ tree, observation, units }];
  });
}

function toRelease(survey: Survey, server: string, change: Exclude<ActiveChange, Removal>): ReleaseChange {
  const release = survey.observations.get(server)?.releases.find(({ service }) => service === change.service);
  const { applied, definition } = release ?? {};
  return {
    unit: change.unit,
    mode: change.kind === 'reload' && change.unit.reload !== undefined ? 'reload' : 'up',
    ...(applied === undefined || release?.releases.includes(applied) !== true ? {} : { from: applied }),
    ...(definition === undefined ? {} : { previous: definition }),
  };
}
