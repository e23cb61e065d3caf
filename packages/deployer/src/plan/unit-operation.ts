import { RUN_HASH_LABEL, SECRETS_HASH_LABEL } from '@flotilla/model';
import type { ServiceUnit } from '@flotilla/model';

import { onControlChange, onCreate, onMajorChange, onReload, onRemove, onReplace } from './consequence.ts';
import type { Consequence } from './consequence.ts';
import { hasOtherSecrets } from './file-changes.ts';
import type { FileChange } from './file-changes.ts';
import type { UnitOperation } from './plan.ts';
import { downgradeDoubt, seriesOf } from './series.ts';
import { keepsData } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

/** One unit in one of two trees, with the text of its Compose file. */
export type UnitState = { readonly unit: ServiceUnit; readonly compose: string };

/** One unit before and after; at least one of both is there. */
export type UnitPair = {
  readonly before: UnitState | undefined;
  readonly after: UnitState | undefined;
  /** The unit's files that differ. */
  readonly files: readonly FileChange[];
};

/** The fleet before and after. */
export type Fleets = { readonly before: Surroundings; readonly after: Surroundings };

/** Gives what happens to one unit, or `undefined` when nothing does. */
export function planUnit({ before, after, files }: UnitPair, fleets: Fleets): UnitOperation | undefined {
  if (before === undefined) {
    if (after === undefined) return undefined;
    return {
      kind: 'create',
      ...identity(after.unit),
      reason: 'it is new here',
      files,
      ...(controlCost(after.unit, fleets) ?? onCreate(after.unit, fleets.after)),
    };
  }
  if (after === undefined) {
    const cost = onRemove(before.unit, keepsData(before.unit, before.compose), fleets.before);
    return { kind: 'remove', ...identity(before.unit), reason: 'it is no longer declared here', files, ...cost };
  }
  if (files.length === 0 && before.unit.hash === after.unit.hash) return undefined;
  const kind = kindOfChange(before.unit, after.unit, files);
  const reason = reasonOf(before, after, files);
  const cost = controlCost(after.unit, fleets) ?? costOf(kind, { before, after }, fleets.after);
  const doubt = downgradeDoubt(before.unit, after.unit);
  return { kind, ...identity(after.unit), reason, files, ...cost, ...(doubt === undefined ? {} : { doubt }) };
}

const EXPLAINED = ['image', RUN_HASH_LABEL, SECRETS_HASH_LABEL];

type ChangeKind = 'recreate' | 'restart' | 'reload' | 'update';

function identity({ service, kind, tier }: ServiceUnit): Pick<UnitOperation, 'service' | 'unitKind' | 'tier'> {
  return { service, unitKind: kind, tier };
}

/** Gives what speaks against any change of a member while somebody else would decide about its service. */
function controlCost(unit: ServiceUnit, { before, after }: Fleets): Consequence | undefined {
  const [from, to] = [before.control(unit.service), after.control(unit.service)];
  if (unit.tier !== 'data' || from === undefined || to === undefined || from === to) return undefined;
  return onControlChange(unit, from, to);
}

function kindOfChange(before: ServiceUnit, after: ServiceUnit, files: readonly FileChange[]): ChangeKind {
  const effects = new Set(files.map((file) => file.effect));
  if (effects.has('recreate')) return 'recreate';
  if (effects.has('restart')) return 'restart';
  // The container is replaced exactly when this hash changes, whatever the files say.
  if (before.runHash !== after.runHash) return 'recreate';
  return effects.has('reload') ? 'reload' : 'update';
}

function costOf(
  kind: ChangeKind,
  { before, after }: { readonly before: UnitState; readonly after: UnitState },
  around: Surroundings,
): Consequence {
  switch (kind) {
    case 'update':
      return { impact: 'none', unavailability: 'none: nothing running reads these files' };
    case 'reload':
      return onReload(after.unit);
    case 'recreate':
    case 'restart': {
      const [from, to] = [seriesOf(before.unit), seriesOf(after.unit)];
      if (from !== undefined && to !== undefined && from !== to) return onMajorChange(after.unit, from, to);
      return onReplace({ before: before.unit, after: after.unit }, kind, around);
    }
    default:
      throw new Error(`unreachable: ${String(kind satisfies never)}`);
  }
}

function reasonOf(before: UnitState, after: UnitState, files: readonly FileChange[]): string {
  const reasons: string[] = [];
  if (before.unit.image !== after.unit.image) {
    reasons.push(`its image changes from ${shortImage(before.unit.image)} to ${shortImage(after.unit.image)}`);
  }
  if (hasOtherSecrets(before.compose, after.compose)) reasons.push('its secrets change');
  if (
    after.unit.tier === 'data' &&
    files.some(({ path, change }) => fileName(path) === 'roles.sh' && change !== 'removed')
  ) {
    reasons.push('databases and owners that are missing are made on the primary, and none is dropped');
  }
  const isExplained = reasons.length > 0 && withoutExplained(before.compose) === withoutExplained(after.compose);
  const causes = files.filter(
    ({ path, effect }) => effect !== 'none' && !(isExplained && path.endsWith('/compose.yaml')),
  );
  const named = causes.length > 0 || reasons.length > 0 ? causes : files;
  return [...reasons, ...named.map(({ path, change }) => `${fileName(path)} ${change}`)].join('; ');
}

/** A Compose file without the lines that a reason already stands for. */
function withoutExplained(compose: string): string {
  return compose
    .split('\n')
    .filter((line) => !EXPLAINED.some((key) => line.trimStart().startsWith(`${key}:`)))
    .join('\n');
}

/** Without its folder `services/<service>/`. */
function fileName(path: string): string {
  return path.split('/').slice(2).join('/');
}

/** A digest by its first 12 digits: two pins of one tag must read differently. */
function shortImage(image: string): string {
  return image.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@$1…');
}
