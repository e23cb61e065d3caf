import type { GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import type { EnginePlace } from './open.ts';

/** Gives the patroni engine of one server. */
export function openPatroni(service: GuardedService, _place: EnginePlace): Engine {
  throw new Error(`${service.service} (${service.kind}) is not watched yet`);
}
