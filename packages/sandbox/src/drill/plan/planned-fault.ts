import type { Fault } from '../../fault/fault.ts';

/** Whom a planned fault strikes; which server that is shows when its time comes. `other` is the second replica. */
export const ROLES = ['primary', 'replica', 'other'] as const;

/** One of `ROLES`. */
export type Role = (typeof ROLES)[number];

/** Who plays which role at one moment. Values are server names. */
export type Cast = Readonly<Record<Role, string>>;

/** A fault of a plan. */
export type PlannedFault =
  /** The engine's processes die; its container restarts or does not. */
  | { readonly kind: 'crash-engine'; readonly role: Role; readonly restarts: boolean }
  /** The engine's own process dies; what supervises it goes on. */
  | { readonly kind: 'crash-process'; readonly role: Role }
  | { readonly kind: 'power-off'; readonly role: Role }
  | { readonly kind: 'freeze-server'; readonly role: Role }
  | { readonly kind: 'freeze-engine'; readonly role: Role }
  /** The server's cable is pulled: nobody reaches it. */
  | { readonly kind: 'partition'; readonly role: Role }
  /** The primary and its first replica do not reach each other; everybody else reaches both. */
  | { readonly kind: 'cut'; readonly role: 'primary' };

/** Every kind of planned fault. */
export const FAULT_KINDS = [
  'crash-engine',
  'crash-process',
  'power-off',
  'freeze-server',
  'freeze-engine',
  'partition',
  'cut',
] as const satisfies readonly PlannedFault['kind'][];

/** Gives what strikes, in order. */
export function strikesOf(fault: PlannedFault, cast: Cast, service: string): readonly Fault[] {
  const server = cast[fault.role];
  switch (fault.kind) {
    case 'crash-engine':
      return [{ kind: 'kill-service', service, server, restarts: fault.restarts }];
    case 'crash-process':
      return [{ kind: 'crash-service', service, server }];
    case 'power-off':
      return [{ kind: 'kill', server }];
    case 'freeze-server':
      return [{ kind: 'pause', server }];
    case 'freeze-engine':
      return [{ kind: 'pause-service', service, server }];
    case 'partition':
      return [{ kind: 'disconnect', server }];
    case 'cut':
      return [{ kind: 'cut', server, peer: cast.replica, isOneWay: false }];
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}

/** Gives what undoes a fault, in order, for the cast that it struck. It may be done also when something else has undone it already. */
export function mendsOf(fault: PlannedFault, cast: Cast, service: string): readonly Fault[] {
  const server = cast[fault.role];
  const mend: Fault = { kind: 'mend', server };
  return fault.kind === 'crash-engine' && !fault.restarts ? [mend, { kind: 'boot-service', service, server }] : [mend];
}

/** Tells whether nobody can write while a fault lasts, so that a service without its own consensus waits for a person. */
export function needsFailover(fault: PlannedFault): boolean {
  if (fault.role !== 'primary' || fault.kind === 'cut' || fault.kind === 'crash-process') return false;
  return fault.kind !== 'crash-engine' || !fault.restarts;
}
