import { FlotillaError } from '@flotilla/model';

import type { WaveGroup } from '../plan/index.ts';
import { changeUnit, markApplied } from './change.ts';
import type { DeployContext, ReleaseChange } from './context.ts';
import { drain, groupDrains, undrain } from './drain.ts';
import type { EdgeEntries } from './drain.ts';
import { nameFirstPrimary } from './first-primary.ts';
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
  /** Servers of each guarded service, preferred primary first. */
  readonly guarded: ReadonlyMap<string, readonly string[]>;
};

/**
 * Changes the units of one server in their order: out of rotation, new release, gate, back in, recorded. Throws the error of the
 * first step that failed; the ledger then knows what began, and the entries stay out of rotation for the return to put back.
 */
export async function runGroup(run: GroupRun, group: WaveGroup): Promise<void> {
  const { context, ledger } = run;
  await safePoint(context);
  const edges = groupDrains(group.drains);
  let drained: readonly EdgeEntries[] = edges;
  try {
    drained = await drain(context, edges);
    const changed = await changeAll(run, group);
    await undrain(context, drained);
    for (const change of changed) await finish(run, change);
  } catch (error) {
    ledger.leaveDrained(drained);
    throw error;
  }
}

async function changeAll(run: GroupRun, { server, changes }: WaveGroup): Promise<readonly ReleaseChange[]> {
  const { context, ledger, toRelease, guarded } = run;
  const changed: ReleaseChange[] = [];
  for (const [index, change] of changes.entries()) {
    if (index > 0) await safePoint(context);
    if (change.kind === 'remove') {
      await removeUnit(context, server, change);
      ledger.record(server, { service: change.service, state: 'removed' });
      continue;
    }
    const members = change.unit.tier === 'data' ? guarded.get(change.service) : undefined;
    if (members !== undefined) await nameFirstPrimary(context, { service: change.service, members });
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
