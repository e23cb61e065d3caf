import type { LockOwner } from '@flotilla/exec';

/** Names one unit: a service on a server. */
export type UnitName = { readonly server: string; readonly service: string };

/** What a deploy tells while it runs, for whoever shows it. Nothing here is needed to act; the report says how it ended. */
export type DeployEvent =
  | { readonly kind: 'observed'; readonly reached: readonly string[]; readonly unreachable: readonly string[] }
  | { readonly kind: 'planned'; readonly changes: readonly UnitName[]; readonly removals: readonly UnitName[] }
  /** Somebody holds it; perhaps a tool that died, so that it will expire. */
  | { readonly kind: 'waiting-for-lock'; readonly server: string; readonly owner: LockOwner }
  | { readonly kind: 'locked'; readonly server: string; readonly token: number }
  | { readonly kind: 'pulling'; readonly server: string; readonly images: readonly string[] }
  | { readonly kind: 'pulled'; readonly server: string; readonly images: readonly string[] }
  | {
      readonly kind: 'uploaded';
      readonly server: string;
      readonly services: readonly string[];
      readonly sizeBytes: number;
    }
  | { readonly kind: 'secrets-written'; readonly server: string; readonly services: readonly string[] }
  | { readonly kind: 'wave'; readonly index: number; readonly count: number; readonly servers: readonly string[] }
  | (UnitName & { readonly kind: 'changing'; readonly from: string | undefined; readonly to: string })
  | {
      readonly kind: 'drained';
      readonly server: string;
      readonly entries: readonly string[];
      readonly busy: readonly string[];
    }
  /** No balancer had these entries, so there was nothing to take out of rotation. */
  | { readonly kind: 'drain-skipped'; readonly server: string; readonly entries: readonly string[] }
  | {
      readonly kind: 'undrained';
      readonly server: string;
      readonly entries: readonly string[];
      readonly down: readonly string[];
    }
  | (UnitName & { readonly kind: 'started' | 'reloaded' })
  | (UnitName & { readonly kind: 'healthy' })
  | (UnitName & { readonly kind: 'unhealthy'; readonly output: string; readonly logs: string })
  | (UnitName & { readonly kind: 'applied'; readonly release: string })
  | { readonly kind: 'first-primary'; readonly service: string; readonly server: string }
  | {
      readonly kind: 'handing-over';
      readonly service: string;
      readonly from: string;
      readonly candidates: readonly string[];
    }
  /** The role stays there; nothing switches it back. */
  | { readonly kind: 'handed-over'; readonly service: string; readonly from: string; readonly to: string }
  | (UnitName & { readonly kind: 'returning'; readonly to: string })
  | (UnitName & { readonly kind: 'returned'; readonly to: string })
  | (UnitName & { readonly kind: 'removed' })
  /** On the server with our labels, not in the tree, and it has data: left alone. */
  | (UnitName & { readonly kind: 'kept' })
  | { readonly kind: 'maintenance-ended'; readonly server: string; readonly entries: readonly string[] }
  | { readonly kind: 'preempted'; readonly server: string; readonly by: LockOwner };

/** Where events go. Must not throw. */
export type EventSink = (event: DeployEvent) => void;
