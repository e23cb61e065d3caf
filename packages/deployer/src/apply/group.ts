import { FlotillaError } from '@flotilla/model';
import type { GuardedService } from '@flotilla/model';

import type { HandOver, WaveGroup } from '../plan/index.ts';
import { changeUnit, markApplied } from './change.ts';
import { stopIfAsked } from './context.ts';
import type { DeployContext, ReleaseChange } from './context.ts';
import { drain, groupDrains, undrain } from './drain.ts';
import type { EdgeEntries } from './drain.ts';
import { nameFirstPrimary } from './first-primary.ts';
import { moveRole } from './hand-over.ts';
import type { Ledger } from './ledger.ts';
import { safePoint } from './locks.ts';
import { removeUnit } from './remove.ts';
import type { Removal } from './remove.ts';

/** What running a group needs beside the group: where results go, and how to see a planned change as one of releases. */
export type GroupRun = {
  readonly context: DeployContext;
  readonly ledger: Ledger;
  /** Gives the release change behind a planned one. */
  readonly toRelease: (server: string, change: Exclude<WaveGroup['changes'][number], Removal>) => ReleaseChange;
  /** Services with a primary, by name. */
  readonly guarded: ReadonlyMap<string, GuardedService>;
};

/**
 * Changes the units of one server in their order: primaries' roles away, out of rotation, new release, gate, back in, recorded. Throws the error of the
 * first step that failed; the ledger then knows what began, and the entries stay out of rotation for the return to put back.
 */
export async function runGroup(run: GroupRun, group: WaveGroup): Promise<void> {
  const { context, ledger } = run;
  await nextStep(context);
  const edges = groupDrains(group.drains);
  let drained: readonly EdgeEntries[] = edges;
  try {
    for (const move of group.handOvers) await moveOne(run, move);
    drained = await drain(context, edges);
    const changed = await changeAll(run, group);
    await undrain(context, drained);
    for (const change of changed) await finish(run, change);
  } catch (error) {
    ledger.leaveDrained(drained);
    throw error;
  }
}

/** Goes on where nobody took over and nobody wants to stop. */
async function nextStep(context: DeployContext): Promise<void> {
  stopIfAsked(context);
  await safePoint(context);
}

/** A primary whose role stays keeps its release. */
async function moveOne({ context, ledger }: GroupRun, move: HandOver): Promise<void> {
  try {
    const moved = await moveRole(context, move);
    if (moved !== undefined) ledger.handedOver(moved);
  } catch (error) {
    const isRefused = error instanceof FlotillaError && error.code === 'DEPLOY_HAND_OVER_FAILED';
    if (isRefused) ledger.record(move.from, { service: move.service, state: 'held', detail: error.message });
    throw error;
  }
}

async function changeAll(run: GroupRun, { server, changes }: WaveGroup): Promise<readonly ReleaseChange[]> {
  const { context, ledger, toRelease, guarded } = run;
  const changed: ReleaseChange[] = [];
  for (const [index, change] of changes.entries()) {
    if (index > 0) await nextStep(context);
    if (change.kind === 'remove') {
      await removeUnit(context, server, change);
      ledger.record(server, { service: change.service, state: 'removed' });
      continue;
    }
    const service = change.unit.tier === 'data' ? guarded.get(change.service) : undefined;
    if (service !== undefined) await nameFirstPrimary(context, service);
    changed.push(await changeOne(run, toRelease(server, change)));
  }
  return changed;
}

async function changeOne({ context, ledger }: GroupRun, change: ReleaseChange): Promise<ReleaseChange> {
  const { server, service, hash: release, tier } = change.unit;
  ledger.begin(change);
  try {
    await changeUnit(context, change);
    return change;
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    const state = error.code === 'DEPLOY_OUTCOME_UNKNOWN' ? 'unknown' : tier === 'data' ? 'held' : 'failed';
    ledger.record(server, { service, state, release, detail: error.message });
    throw error;
  }
}

async function finish({ context, ledger }: GroupRun, change: ReleaseChange): Promise<void> {
  await markApplied(context, change);
  const { server, service, hash: release } = change.unit;
  ledger.record(server, { service, state: 'changed', release });
}
