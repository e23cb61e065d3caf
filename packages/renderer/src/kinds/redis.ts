import type { ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';

/** Gives the unit of one member of a redis service. */
export function draftRedis(_fleet: Fleet, place: Place, service: ServiceOfKind<'redis'>): UnitDraft {
  throw new Error(`${place.service} (${service.kind}) is not rendered yet`);
}
