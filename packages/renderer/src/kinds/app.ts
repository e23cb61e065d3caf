import type { ServiceOfKind } from '@flotilla/model';

import { draftDeclared } from '../declared.ts';
import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { serviceGate } from '../gates.ts';
import { innerAddress, publishPorts } from '../publishes.ts';

/** Gives the unit of an app: one container that serves HTTP on its port, told so by `PORT`. */
export function draftApp(fleet: Fleet, place: Place, service: ServiceOfKind<'app'>): UnitDraft {
  const { port, health, command } = service;
  const address = innerAddress(fleet, place, health !== undefined);
  const publishes = publishPorts(service, [{ port, containerPort: port, address }]);
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'stateless',
      publishes,
      gates: [serviceGate(publishes, port, health)],
      container: { init: true, environment: { PORT: String(port) }, ...(command ? { command } : {}) },
    },
  );
}
