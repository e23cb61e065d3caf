import { compareText } from '@flotilla/model';
import type { DrainPoint } from '@flotilla/model';

import { placedOn } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { calledBy } from './order.ts';
import { sortRoutes, targetsOf } from './routes.ts';

/** Gives the name of the backend that an edge has for a service. */
export function backendName(service: string): string {
  return `be_${service}`;
}

/** Drain points by server, then by unit. */
export type Drains = ReadonlyMap<string, ReadonlyMap<string, readonly DrainPoint[]>>;

/**
 * Gives the entries of edges that requests reach each unit through. An entry stands for its service on one server and
 * for everything that this service calls on the same server, its local data endpoint included.
 */
export function findDrains(fleet: Fleet): Drains {
  const drains = new Map<string, Map<string, DrainPoint[]>>();
  for (const [edgeService, edge] of fleet.services) {
    if (edge.kind !== 'haproxy') continue;
    const targets = targetsOf(fleet, sortRoutes(fleet, edge.routes));
    for (const edgeServer of [...placedOn(fleet, edgeService)].sort(compareText))
      for (const target of targets)
        for (const { server } of target.servers) {
          const point = { edgeService, edgeServer, backend: backendName(target.service), entry: server };
          const own = edgeServer === server ? edgeService : undefined;
          for (const unit of reachedLocally(fleet, target.service, server)) {
            if (unit !== own) addPoint(drains, { server, unit, point });
          }
        }
  }
  return drains;
}

type Found = { readonly server: string; readonly unit: string; readonly point: DrainPoint };

function addPoint(drains: Map<string, Map<string, DrainPoint[]>>, { server, unit, point }: Found): void {
  const units = drains.get(server) ?? new Map<string, DrainPoint[]>();
  units.set(unit, [...(units.get(unit) ?? []), point]);
  drains.set(server, units);
}

/** Every unit that is called from `service` without leaving `server`, itself included. */
function reachedLocally(fleet: Fleet, service: string, server: string): ReadonlySet<string> {
  const reached = new Set([service]);
  for (const name of reached)
    for (const called of calledBy(fleet, name)) {
      // An endpoint is no declared service; it stands wherever something uses it.
      if (placedOn(fleet, called).has(server) || !fleet.services.has(called)) reached.add(called);
    }
  return reached;
}
