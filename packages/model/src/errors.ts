import { errorCatalogue, findingCatalogue } from './catalogue/index.ts';
import type { ErrorCode, ErrorFacts, FindingCode, FindingFacts } from './catalogue/index.ts';
import type { Finding, Position } from './finding.ts';

type LooseEntry = {
  readonly message: (facts: unknown) => string;
  readonly hint?: (facts: unknown) => string;
};

/** A failed action. Its sentences come from the catalogue; bugs stay plain `Error`. */
export class FlotillaError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'FlotillaError';
  readonly code: C;
  readonly hint: string | undefined;

  /** @example throw new FlotillaError('EXEC_TIMEOUT', { command: 'docker pull', timeoutMs: 60_000 }, { cause }) */
  constructor(code: C, facts: ErrorFacts<C>, options?: { readonly cause: unknown }) {
    // The signature above ties the facts to the code; the table alone cannot say so.
    const entry = errorCatalogue[code] as unknown as LooseEntry;
    super(entry.message(facts), options);
    this.code = code;
    this.hint = entry.hint?.(facts);
  }
}

/**
 * Gives the finding of one catalogued code at one place.
 * @example finding('MODEL_UNKNOWN_KEY', { key: 'imag', parent: 'services.web', suggestion: 'image', known: [] }, at)
 */
export function finding<C extends FindingCode>(code: C, facts: FindingFacts<C>, at: Position): Finding {
  // The signature above ties the facts to the code; the table alone cannot say so.
  const entry = findingCatalogue[code] as unknown as LooseEntry & { readonly severity: Finding['severity'] };
  const hint = entry.hint?.(facts);
  return { severity: entry.severity, code, message: entry.message(facts), ...(hint === undefined ? {} : { hint }), at };
}
