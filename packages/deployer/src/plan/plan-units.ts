import type { ServerTree, ServiceUnit } from '@flotilla/model';
import { compareText } from '@flotilla/model';

import type { ObservedServer, ObservedUnit } from './observed.ts';
import { downgradeDoubt } from './series.ts';

/**
 * What a deploy does to one unit of one server.
 * `reload` stands for every change that keeps the container: the release is put in place, the engine re-reads its files
 * where it can, and the gate runs.
 */
export type UnitChange =
  | {
      readonly kind: 'create' | 'recreate' | 'reload';
      readonly service: string;
      readonly unit: ServiceUnit;
      readonly reasons: readonly string[];
      /** The unit as it was when it was applied. Absent when the server does not have it. */
      readonly previous?: ServiceUnit;
    }
  /** `unit` is what the server remembers of it; absent when it remembers nothing. */
  | {
      readonly kind: 'remove';
      readonly service: string;
      readonly unit?: ServiceUnit;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'none'; readonly service: string; readonly unit: ServiceUnit };

/** A change that does something. */
export type ActiveChange = Exclude<UnitChange, { readonly kind: 'none' }>;

/** Gives what to do on one server: the desired units in start order, then what is no longer desired, by name. */
export function planUnits(state: {
  readonly desired: ServerTree;
  readonly observed: ObservedServer;
}): readonly UnitChange[] {
  const seen = new Map(Object.entries(state.observed.units));
  const changes = state.desired.units.map((unit) => planUnit(unit, seen.get(unit.service)));
  const wanted = new Set(state.desired.units.map((unit) => unit.service));
  const gone = [...seen].filter(([service]) => !wanted.has(service));
  gone.sort(([left], [right]) => compareText(left, right));
  return [
    ...changes,
    ...gone.map(([service, { definition }]): UnitChange => ({
      kind: 'remove',
      service,
      ...(definition === undefined ? {} : { unit: definition }),
      reasons: ['it is no longer declared here'],
    })),
  ];
}

function planUnit(unit: ServiceUnit, seen: ObservedUnit | undefined): UnitChange {
  const { service } = unit;
  const own = { service, unit, ...(seen?.definition === undefined ? {} : { previous: seen.definition }) };
  if (seen?.runHash === undefined) return { kind: 'create', ...own, reasons: ['it has no container here'] };
  const reasons = recreateReasons(unit, seen);
  if (reasons.length > 0) return { kind: 'recreate', ...own, reasons };
  if (seen.appliedHash === unit.hash) return { kind: 'none', service, unit };
  const reason = seen.appliedHash === undefined ? 'its gate never passed' : 'its files changed';
  return { kind: 'reload', ...own, reasons: [reason] };
}

function recreateReasons(unit: ServiceUnit, seen: ObservedUnit): readonly string[] {
  const reasons: string[] = [];
  if (seen.runHash !== unit.runHash) reasons.push('its container was made from other files');
  const doubt = seen.definition === undefined ? undefined : downgradeDoubt(seen.definition, unit);
  if (doubt !== undefined) reasons.push(`DOUBT: ${doubt}`);
  if (!seen.running) reasons.push('its container does not run');
  return reasons;
}
