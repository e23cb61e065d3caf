import type { ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';

/** Gives the unit of one member of a mariadb service. */
export function draftMariadb(_fleet: Fleet, place: Place, service: ServiceOfKind<'mariadb'>): UnitDraft {
  throw new Error(`${place.service} (${service.kind}) is not rendered yet`);
}
