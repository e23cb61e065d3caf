import { CONTROL_WORDS, FlotillaError } from '@flotilla/model';
import type { Control, GuardedService, GuardStatus, Tree } from '@flotilla/model';

import { loweredFloors } from '../plan/replica-floors.ts';
import { controlPath, seriesOf, upgradePath } from '../plan/series.ts';
import { guardedServices } from '../plan/surroundings.ts';
import type { ActiveChange } from '../plan/index.ts';
import type { Survey } from './survey.ts';

/** Throws DEPLOY_HOST_KEY_REFUSED when a server shows another key than the pinned one, and DEPLOY_NO_SERVER when no target answers. */
export function demandServers({ targets, unreachable, impostors }: Survey, environment: string): void {
  const [server] = impostors;
  if (server !== undefined) {
    throw new FlotillaError('DEPLOY_HOST_KEY_REFUSED', { server, detail: unreachable.get(server) ?? '' });
  }
  if (!targets.every((target) => unreachable.has(target.server))) return;
  throw new FlotillaError('DEPLOY_NO_SERVER', { environment, detail: [...unreachable.values()].join('; ') });
}

/**
 * Throws DEPLOY_CONTROL_CHANGED when somebody else would decide about a database that is deployed, on whichever server its change begins,
 * and what `demandMembers` throws.
 */
export function demandData(seen: Survey, tree: Tree): void {
  for (const service of guardedServices(tree).values()) demandControl(seen, service);
  demandMembers(seen, tree);
}

/** Where controls are mixed, either may be deployed: it is the way out of the mixture. */
function demandControl(seen: Survey, { service, kind, control: to, members }: GuardedService): void {
  const [from, ...others] = deployedControls(seen, { service, members });
  if (from === undefined || from === to || others.includes(to)) return;
  const path = controlPath(kind, { from, to });
  throw new FlotillaError('DEPLOY_CONTROL_CHANGED', {
    service,
    from: CONTROL_WORDS[from],
    to: CONTROL_WORDS[to],
    path,
  });
}

/** A guard knows who decides before there is anything to decide about: its word counts once a member may have data. */
function deployedControls(
  { observations, unreachable }: Survey,
  { service, members }: Pick<GuardedService, 'service' | 'members'>,
): readonly Control[] {
  const seen = [...observations.values()].map(({ releases, guards }) => ({
    definition: releases.find((one) => one.service === service)?.definition,
    status: guards[service],
  }));
  const mayHaveData =
    members.some((member) => unreachable.has(member)) ||
    seen.some(({ definition, status }) => definition !== undefined || (status?.record ?? null) !== null);
  const controls = seen.flatMap(({ definition, status }) => [
    ...(definition?.control === undefined ? [] : [definition.control]),
    ...(status === undefined || !mayHaveData ? [] : [controlIn(status)]),
  ]);
  return [...new Set(controls)];
}

function controlIn({ verdict }: GuardStatus): Control {
  return verdict.kind === 'yielded' ? verdict.to : 'guard';
}

/**
 * Throws DEPLOY_MAJOR_VERSION when an engine would find data of another series, and DEPLOY_PRIMARY_FIRST when a replica would get less of
 * a setting than its primary has and keeps.
 */
function demandMembers(seen: Survey, tree: Tree): void {
  const guarded = guardedServices(tree);
  for (const { server, changes } of seen.changes) {
    for (const change of changes) {
      if (change.kind === 'none' || change.kind === 'remove') continue;
      demandSeries(server, change);
      if (guarded.has(change.service)) demandFloors(seen, server, change);
    }
  }
}

type Changed = Exclude<ActiveChange, { readonly kind: 'remove' }>;

function demandSeries(server: string, { service, unit, previous }: Changed): void {
  if (previous === undefined) return;
  const [from, to] = [seriesOf(previous), seriesOf(unit)];
  if (from === undefined || to === undefined || from === to) return;
  throw new FlotillaError('DEPLOY_MAJOR_VERSION', { service, server, from, to, path: upgradePath(unit.kind, to) });
}

function demandFloors(seen: Survey, server: string, change: Changed): void {
  const { service } = change;
  const primary = seen.roles.primaries[service];
  const lowered = loweredFloors(change);
  if (primary === undefined || primary === server || lowered.length === 0) return;
  const own = seen.changes.find((one) => one.server === primary)?.changes ?? [];
  if (own.some((one) => one.service === service && loweredFloors(one).length > 0)) return;
  const release = seen.observations.get(primary)?.releases.find((one) => one.service === service);
  const floors = release?.definition?.replicaFloors ?? {};
  const settings = lowered.filter(({ setting, to }) => (floors[setting] ?? 0) > to).map(({ setting }) => setting);
  if (settings.length > 0) throw new FlotillaError('DEPLOY_PRIMARY_FIRST', { service, server, primary, settings });
}
