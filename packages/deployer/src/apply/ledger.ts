import { compareText } from '@flotilla/model';

import type { ServerReport, UnitReport, UnitState } from '../report.ts';
import type { ReleaseChange } from './context.ts';
import type { EdgeEntries } from './drain.ts';
import type { HandedOver } from './hand-over.ts';

/** What became of every unit so far, what may have to be returned, and which entries still are out of rotation. */
export type Ledger = {
  record(server: string, report: UnitReport): void;
  /** State of a unit; `undefined` for one never recorded. */
  stateOf(server: string, service: string): UnitState | undefined;
  /** Remembers a change before its first step, so that it is returned however far it came. */
  begin(change: ReleaseChange): void;
  /** Changes begun, in order. */
  begun(): readonly ReleaseChange[];
  /** Remembers a role that moved on purpose. */
  handedOver(move: HandedOver): void;
  /** In the order they happened. */
  handOvers(): readonly HandedOver[];
  leaveDrained(edges: readonly EdgeEntries[]): void;
  leftDrained(): readonly EdgeEntries[];
  /** Gives the report of every recorded unit on the servers named. */
  servers(names: readonly string[], unreachable: readonly string[]): readonly ServerReport[];
};

/** Gives an empty ledger. */
export function openLedger(): Ledger {
  const units = new Map<string, Map<string, UnitReport>>();
  const begun: ReleaseChange[] = [];
  const moves: HandedOver[] = [];
  const drained: EdgeEntries[] = [];
  return {
    record: (server, report) => {
      const own = units.get(server) ?? new Map<string, UnitReport>();
      units.set(server, own.set(report.service, report));
    },
    stateOf: (server, service) => units.get(server)?.get(service)?.state,
    begin: (change) => void begun.push(change),
    begun: () => [...begun],
    handedOver: (move) => void moves.push(move),
    handOvers: () => [...moves],
    leaveDrained: (edges) => void drained.push(...edges),
    leftDrained: () => [...drained],
    servers: (names, unreachable) =>
      names.toSorted(compareText).map((server) => ({
        server,
        isReachable: !unreachable.includes(server),
        units: [...(units.get(server)?.values() ?? [])].toSorted((left, right) =>
          compareText(left.service, right.service),
        ),
      })),
  };
}
