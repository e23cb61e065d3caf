import type { ServiceUnit } from '@flotilla/model';

import type { UnitChange } from './plan-units.ts';

/** A setting that gets less than it had; a replica refuses to run with less than its primary. */
export type LoweredFloor = { readonly setting: string; readonly from: number; readonly to: number };

/** Gives the settings that a change lowers and that a replica must not have less of than its primary; sorted by name. */
export function loweredFloors(change: UnitChange): readonly LoweredFloor[] {
  if (change.kind === 'none' || change.kind === 'remove') return [];
  return change.previous === undefined ? [] : lowered(change.previous, change.unit);
}

/** Gives the same between two units. */
export function lowered(before: ServiceUnit, after: ServiceUnit): readonly LoweredFloor[] {
  const old = before.replicaFloors ?? {};
  return Object.entries(after.replicaFloors ?? {})
    .flatMap(([setting, to]) => {
      const from = old[setting];
      return from !== undefined && to < from ? [{ setting, from, to }] : [];
    })
    .toSorted((left, right) => (left.setting < right.setting ? -1 : 1));
}
