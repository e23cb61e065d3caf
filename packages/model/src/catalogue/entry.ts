import type { Severity } from '../finding.ts';

/** A sentence built from the facts of one case. Parameters are checked where the code is used. */
type Sentence<Facts> = (facts: Facts) => string;

/** One catalogued failure or finding. */
type Entry<Facts> = {
  /** What kind of trouble this is, in a few words, for the reference page. */
  readonly title: string;
  /** What happened, to which server or file, and why. */
  readonly message: Sentence<Facts>;
  /** What to do next; a command that can be pasted where there is one. */
  readonly hint?: Sentence<Facts>;
};

/** A catalogued finding: an entry with how bad it is. */
export type FindingEntry<Facts> = Entry<Facts> & { readonly severity: Severity };

/** The facts that an entry's sentences are built from. */
export type FactsOf<E> = E extends { readonly message: (facts: infer Facts) => string } ? Facts : never;
