import { remoteScript } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';

import { changeUnit, markApplied, note, step } from './change.ts';
import type { DeployContext, ReleaseChange } from './context.ts';
import { drain, drainsOf, undrain } from './drain.ts';
import type { Ledger } from './ledger.ts';
import { safePoint } from './locks.ts';
import { RESTORE_SECRETS } from './secrets.ts';

/**
 * Gives the change that undoes `change`, or `undefined` when it must stay: the data tier holds where it is, and a unit without an
 * earlier release has nothing to return to.
 */
function reverse(change: ReleaseChange): ReleaseChange | undefined {
  const { unit, from, previous } = change;
  if (unit.tier === 'data' || from === undefined || previous === undefined || from === unit.hash) return undefined;
  const mode = previous.runHash === unit.runHash && previous.reload !== undefined ? 'reload' : 'up';
  return { unit: previous, from: unit.hash, previous: unit, mode };
}

/**
 * Returns every stateless unit that the run began to change to its previous release, last one first, by the same path that changed it.
 * One that does not return does not stop the others. Gives whether no unit is left on the release that failed. Throws what `safePoint` throws.
 */
export async function returnAll(context: DeployContext, ledger: Ledger): Promise<boolean> {
  let areAllBack = true;
  for (const change of ledger.begun().toReversed()) {
    const back = reverse(change);
    const { server, service } = change.unit;
    if (back === undefined) {
      const state = ledger.stateOf(server, service);
      if (state === 'failed' || state === 'held') areAllBack = false;
      continue;
    }
    await safePoint(context);
    areAllBack = (await returnOne(context, ledger, back)) && areAllBack;
  }
  return areAllBack;
}

async function returnOne(context: DeployContext, ledger: Ledger, back: ReleaseChange): Promise<boolean> {
  const { server, service, hash: release } = back.unit;
  context.events({ kind: 'returning', server, service, to: release });
  try {
    const drained = await drain(context, drainsOf([back]));
    await note(context, back, 'return');
    const argv = remoteScript(RESTORE_SECRETS, [paths.root(context.environment), service]);
    await step(context, back, { action: 'restoring the secrets of', argv, timeoutMs: 30_000 });
    await changeUnit(context, back);
    await undrain(context, drained);
    await markApplied(context, back);
    ledger.record(server, { service, state: 'returned', release });
    context.events({ kind: 'returned', server, service, to: release });
    return true;
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    const state = error.code === 'DEPLOY_OUTCOME_UNKNOWN' ? 'unknown' : 'failed';
    ledger.record(server, { service, state, release, detail: `it did not return: ${error.message}` });
    return false;
  }
}
