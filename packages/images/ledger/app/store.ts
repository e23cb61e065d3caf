/** One line of the ledger. `at` is ISO 8601. */
export type Entry = { readonly number: number; readonly text: string; readonly at: string };

/**
 * The ledger in its database. Every method throws when the database did not answer in time; then an appended entry may or may not
 * have been stored. A connection that failed is never used again.
 */
export type Store = {
  /** Stores an entry on the primary and gives its number. Makes the table when there is none. */
  append(text: string): Promise<number>;
  /** Gives the newest entries from the read side, newest first; empty as long as there is no table. */
  newest(limit: number): Promise<readonly Entry[]>;
  /** Gives the name of the node that takes the writes. */
  primary(): Promise<string>;
  close(): Promise<void>;
};
