import { compareText } from '@flotilla/model';
import type { Health } from '@flotilla/model';

import { portOf, placedOn } from './fleet.ts';
import type { Fleet } from './fleet.ts';

/** Where requests below a path prefix go. */
export type Route = { readonly prefix: string; readonly target: string };

/** A service that is routed to, with every server that runs it. */
export type RouteTarget = {
  readonly service: string;
  readonly port: number;
  readonly health: Health | undefined;
  /** In the order they are written. */
  readonly servers: readonly { readonly server: string; readonly host: string }[];
};

/** Gives routes with the longest prefix first, so that the first match is the closest; without those that lead nowhere. */
export function sortRoutes(fleet: Fleet, routes: Readonly<Record<string, string>>): readonly Route[] {
  return Object.entries(routes)
    .map(([prefix, target]) => ({ prefix: trimSlashes(prefix), target }))
    .filter(({ target }) => portOf(fleet.services.get(target)) !== undefined)
    .sort((left, right) => right.prefix.length - left.prefix.length || compareText(left.prefix, right.prefix));
}

/** Gives each service that the routes lead to once, sorted by name. */
export function targetsOf(fleet: Fleet, routes: readonly Route[]): readonly RouteTarget[] {
  const names = [...new Set(routes.map((route) => route.target))].sort(compareText);
  return names.flatMap((service) => {
    const declared = fleet.services.get(service);
    const port = portOf(declared);
    if (declared === undefined || port === undefined) return [];
    const servers = [...placedOn(fleet, service)].map((server) => ({ server, host: fleet.hosts.get(server) ?? '' }));
    return [{ service, port, health: 'health' in declared ? declared.health : undefined, servers }];
  });
}

/** `/api/` and `/api` are one prefix, which matches `/api` and what is below it but not `/apiary`. */
function trimSlashes(prefix: string): string {
  return prefix.replace(/\/+$/, '') || '/';
}
