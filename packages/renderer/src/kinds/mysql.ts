import type { ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';

/** Gives the unit of one member of a mysql service. */
export function draftMysql(_fleet: Fleet, place: Place, service: ServiceOfKind<'mysql'>): UnitDraft {
  throw new Error(`${place.service} (${service.kind}) is not rendered yet`);
}
