import type { Service, ServiceUnit } from '@flotilla/model';

import { callersOf } from './fleet.ts';
import type { Fleet, Place } from './fleet.ts';

/** The address that opens a port on every interface of the server. */
export const EVERYWHERE = '0.0.0.0';
/** The address that keeps a port on the server itself. */
export const LOOPBACK = '127.0.0.1';

export type Publish = ServiceUnit['publishes'][number];

/** A port that the unit serves, and the address it binds to when it is neither `public` nor `open`; absent: not published. */
export type ServedPort = {
  readonly port: number;
  readonly containerPort: number;
  readonly address: string | undefined;
};

/**
 * Gives the host ports of a unit, sorted by port. A `public` or `open` port binds everywhere and no second time;
 * the host layer narrows the `open` ones.
 */
export function publishPorts(service: Service, served: readonly ServedPort[]): readonly Publish[] {
  const wide = new Set([...service.public, ...Object.keys(service.open).map(Number)]);
  const publishes = new Map([...wide].map((port) => [port, { address: EVERYWHERE, port, containerPort: port }]));
  for (const { port, containerPort, address } of served) {
    const bound = wide.has(port) ? EVERYWHERE : address;
    if (bound !== undefined) publishes.set(port, { address: bound, port, containerPort });
  }
  return [...publishes.values()].sort((left, right) => left.port - right.port);
}

/**
 * Gives the address for a service's own port: the server's when another server calls it, loopback when
 * only its probe needs it, `undefined` when nobody outside the container network does.
 */
export function innerAddress(fleet: Fleet, place: Place, isProbed: boolean): string | undefined {
  if (remoteCallers(fleet, place).length > 0) return place.host;
  return isProbed ? LOOPBACK : undefined;
}

/** Gives the other servers that call the service at this server's address; sorted. */
export function remoteCallers(fleet: Fleet, place: Pick<Place, 'service' | 'server'>): readonly string[] {
  return [...callersOf(fleet, place.service)].filter((server) => server !== place.server);
}

/** Gives the address at which the server itself reaches a port of the unit; `undefined` when it is not published. */
export function probeAddress(publishes: readonly Publish[], port: number): string | undefined {
  const address = publishes.find((publish) => publish.containerPort === port)?.address;
  return address === EVERYWHERE ? LOOPBACK : address;
}
