import type { GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import type { EnginePlace } from './open.ts';

/** Gives the redis engine of one server. */
export function openRedis(service: GuardedService, _place: EnginePlace): Engine {
  throw new Error(`${service.service} (${service.kind}) is not watched yet`);
}
