import type { EngineFacts, GuardVerdict } from '@flotilla/model';

/** Where a replica streams from. */
export type Upstream = { readonly host: string; readonly port: number };

/** How the guard asks and moves the engine of its own server. Never throws: what cannot be told is `unknown`. */
export type Engine = {
  /** Gives the facts of this moment; answers within about a second. */
  observe(): Promise<EngineFacts>;
  /** Promotes the running replica and returns when it accepts writes; the reason when it does not. */
  promote(): Promise<{ readonly kind: 'promoted' } | { readonly kind: 'failed'; readonly reason: string }>;
  /**
   * Carries a verdict out on an engine that is told over its own protocol; asked again and again, so what is done already costs
   * nothing. Nothing that it sent may take effect after it returned. Absent where the wrapper alone obeys.
   */
  obey?(verdict: GuardVerdict, upstream: Upstream | undefined): Promise<void>;
  /**
   * Keeps what the other members need of a settled primary or replica, such as replication slots. `peers` are the engines of the other
   * members as their guards tell them at this moment; a silent one is absent.
   */
  tend?(facts: EngineFacts, members: readonly string[], peers: Readonly<Record<string, EngineFacts>>): Promise<void>;
  close(): Promise<void>;
};
