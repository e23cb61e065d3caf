import type { EngineFacts } from '@flotilla/model';

/** How the guard asks and moves the engine of its own server. Never throws: what cannot be told is `unknown`. */
export type Engine = {
  /** Gives the facts of this moment; answers within about a second. */
  observe(): Promise<EngineFacts>;
  /** Promotes the running replica and returns when it accepts writes; the reason when it does not. */
  promote(): Promise<{ readonly kind: 'promoted' } | { readonly kind: 'failed'; readonly reason: string }>;
  /** Makes the slots of the other members on a primary; removes slots that nobody uses on a replica. */
  tendSlots(facts: EngineFacts, members: readonly string[]): Promise<void>;
  close(): Promise<void>;
};
