import { lastLines, remoteScript } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';
import type { ServiceUnit } from '@flotilla/model';

import type { ActiveChange, UnitChange } from '../plan/index.ts';
import { REMOVE_UNIT } from './change-scripts.ts';
import { lockOf, projectOf } from './context.ts';
import type { DeployContext } from './context.ts';

/** A unit that is no longer declared on a server. */
export type Removal = Extract<ActiveChange, { readonly kind: 'remove' }>;

/** Whether a deploy may remove a unit by itself: the server must remember what it was, and it must hold no data. */
export function isRemovable(change: UnitChange): boolean {
  return change.kind === 'remove' && change.unit !== undefined && keepsNoData(change.unit);
}

/** Stops and removes a unit's containers; its volumes stay. Throws DEPLOY_STEP_FAILED or DEPLOY_OUTCOME_UNKNOWN. */
export async function removeUnit(context: DeployContext, server: string, { service }: Removal): Promise<void> {
  const { environment, token } = lockOf(context, server);
  const project = projectOf(environment, service);
  const args = [paths.root(environment), service, project, paths.lock(environment), String(token)];
  const argv = remoteScript(REMOVE_UNIT, args);
  const result = await context.fleet.server(server).run({ argv, timeoutMs: 120_000 });
  const detail = lastLines(`${result.stdout}\n${result.stderr}`);
  if (result.unreachable || result.timedOut) {
    throw new FlotillaError('DEPLOY_OUTCOME_UNKNOWN', { server, service, detail });
  }
  if (result.exitCode !== 0)
    throw new FlotillaError('DEPLOY_STEP_FAILED', { server, service, action: 'removing', detail });
  context.events({ kind: 'removed', server, service });
}

function keepsNoData({ tier }: ServiceUnit): boolean {
  return tier !== 'data';
}
