/** One service on one server. */
export type ServiceTarget = { readonly service: string; readonly server: string };

/** Something that goes wrong, or right again. */
export type Fault = ServerFault | NetworkFault | ServiceFault | { readonly kind: 'reboot' };

/** What happens to a whole server. `reboot` is for every server at once: power lost, and back. */
export type ServerFault =
  /** The server loses its power. */
  | { readonly kind: 'kill'; readonly server: string }
  /** The server shuts down as its init system does it. */
  | { readonly kind: 'stop'; readonly server: string }
  | { readonly kind: 'boot'; readonly server: string }
  /** Every process of the server stands still; its kernel still accepts connections. */
  | { readonly kind: 'pause'; readonly server: string }
  | { readonly kind: 'unpause'; readonly server: string }
  /** The server's cable is pulled. */
  | { readonly kind: 'disconnect'; readonly server: string }
  | { readonly kind: 'reconnect'; readonly server: string }
  /** Power, cable, cuts and frozen processes of the server are as before any fault; what already is stays as it is. */
  | { readonly kind: 'mend'; readonly server: string };

/** What happens between two servers, until one of them is mended or both have lost their power. */
export type NetworkFault =
  /** No packet gets from `server` to `peer`, nor back unless it is one way. */
  | { readonly kind: 'cut'; readonly server: string; readonly peer: string; readonly isOneWay: boolean }
  /** This machine does not reach the server, and the fleet does; until it is mended or boots. */
  | { readonly kind: 'cut-controller'; readonly server: string }
  /** So many of a hundred packets between the two get lost, both ways. */
  | { readonly kind: 'lossy'; readonly server: string; readonly peer: string; readonly percent: number };

/** What happens to one service on one server. */
export type ServiceFault =
  | ({ readonly kind: 'pause-service' } & ServiceTarget)
  | ({ readonly kind: 'unpause-service' } & ServiceTarget)
  /** Stops a service's container in order; it stays stopped. */
  | ({ readonly kind: 'stop-service' } & ServiceTarget)
  /** Starts a service's container by hand and lets it restart again. */
  | ({ readonly kind: 'boot-service' } & ServiceTarget)
  /** SIGKILL to every process of a service's container, which then restarts or not. */
  | ({ readonly kind: 'kill-service'; readonly restarts: boolean } & ServiceTarget)
  /** SIGKILL to the engine's own process alone: what supervises it beside it, such as Patroni, goes on. */
  | ({ readonly kind: 'crash-service' } & ServiceTarget)
  /** Removes the data of a service that does not run. */
  | ({ readonly kind: 'wipe-service' } & ServiceTarget)
  /** Inverts 64 bytes in the middle of one of its files: of `path` below its data, else of the largest that holds rows. */
  | ({ readonly kind: 'corrupt-service'; readonly path?: string } & ServiceTarget)
  /** Moves the data to a disk of their own of that size; restarts the engine. That disk is memory: it is empty after a loss of power. */
  | ({ readonly kind: 'limit-service'; readonly sizeMiB: number } & ServiceTarget)
  | ({ readonly kind: 'unlimit-service' } & ServiceTarget)
  /** Leaves no byte free on the disk that `limit-service` gave. */
  | ({ readonly kind: 'fill-service' } & ServiceTarget)
  | ({ readonly kind: 'free-service' } & ServiceTarget);

/** Words that are no fault, and why. */
export type FaultMistake = { readonly kind: 'mistake'; readonly message: string; readonly hint: string };

/** Gives a fault in the words that `parseFault` reads. */
export function formatFault(fault: Fault): string {
  switch (fault.kind) {
    case 'reboot':
      return 'reboot';
    case 'cut':
      return fault.isOneWay ? `cut ${fault.server}->${fault.peer}` : `cut ${fault.server} ${fault.peer}`;
    case 'lossy':
      return `lossy ${fault.server} ${fault.peer} ${fault.percent}`;
    case 'kill':
    case 'stop':
    case 'boot':
    case 'pause':
    case 'unpause':
    case 'disconnect':
    case 'reconnect':
    case 'mend':
    case 'cut-controller':
      return `${fault.kind} ${fault.server}`;
    default:
      return formatServiceFault(fault);
  }
}

function formatServiceFault(fault: ServiceFault): string {
  const target = `${fault.service}@${fault.server}`;
  switch (fault.kind) {
    case 'kill-service':
      return `kill9 ${target}${fault.restarts ? '' : ' no-restart'}`;
    case 'corrupt-service':
      return `corrupt ${target}${fault.path === undefined ? '' : ` ${fault.path}`}`;
    case 'limit-service':
      return `limit ${target} ${fault.sizeMiB}`;
    case 'pause-service':
    case 'unpause-service':
    case 'stop-service':
    case 'boot-service':
    case 'crash-service':
    case 'wipe-service':
    case 'unlimit-service':
    case 'fill-service':
    case 'free-service':
      return `${fault.kind.replace('-service', '')} ${target}`;
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}
