/** One service on one server. */
export type ServiceTarget = { readonly service: string; readonly server: string };

/** Something that goes wrong, or right again. */
export type Fault =
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
  | ({ readonly kind: 'pause-service' } & ServiceTarget)
  | ({ readonly kind: 'unpause-service' } & ServiceTarget)
  /** Starts a service's container by hand and lets it restart again. */
  | ({ readonly kind: 'boot-service' } & ServiceTarget)
  /** SIGKILL to every process of a service's container, which then restarts or not. */
  | ({ readonly kind: 'kill-service'; readonly restarts: boolean } & ServiceTarget)
  /** Every server loses its power at once, and gets it back. */
  | { readonly kind: 'reboot' };

/** Words that are no fault, and why. */
export type FaultMistake = { readonly kind: 'mistake'; readonly message: string; readonly hint: string };

/** Gives a fault in the words that `parseFault` reads. */
export function formatFault(fault: Fault): string {
  switch (fault.kind) {
    case 'reboot':
      return 'reboot';
    case 'pause-service':
    case 'unpause-service':
    case 'boot-service':
      return `${fault.kind.replace('-service', '')} ${fault.service}@${fault.server}`;
    case 'kill-service':
      return `kill9 ${fault.service}@${fault.server}${fault.restarts ? '' : ' no-restart'}`;
    case 'kill':
    case 'stop':
    case 'boot':
    case 'pause':
    case 'unpause':
    case 'disconnect':
    case 'reconnect':
      return `${fault.kind} ${fault.server}`;
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}
