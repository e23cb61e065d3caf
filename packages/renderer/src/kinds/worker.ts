import type { ServiceOfKind } from '@flotilla/model';

import { draftDeclared } from '../declared.ts';
import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { containerGate } from '../gates.ts';
import { publishPorts } from '../publishes.ts';

/** Gives the unit of a worker: one container that serves nothing and must keep running. */
export function draftWorker(fleet: Fleet, place: Place, service: ServiceOfKind<'worker'>): UnitDraft {
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'stateless',
      publishes: publishPorts(service, []),
      gates: [containerGate()],
      container: { init: true, ...(service.command ? { command: service.command } : {}) },
    },
  );
}
