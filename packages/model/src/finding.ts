/** Where something stands: a file, a 1-based line and a 1-based column. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

export type Severity = 'error' | 'warning' | 'info';

/** What a check says of an input. Codes are permanent and listed in `catalogue.ts`. */
export type Finding = {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** What to do next, followable as it stands. */
  readonly hint?: string;
  readonly at: Position;
};

/** A path of keys and 0-based indices into an environment: `['services', 'web', 'uses', 0]`. */
export type Path = readonly (string | number)[];

/** Tells where the values of an environment were written, also across `extends`. */
export type SourceMap = {
  /** Position of the value at `path`, or of its nearest existing parent. */
  valueAt(path: Path): Position;
  /** Position of the key that names the value at `path`, or of its nearest existing parent's. */
  keyAt(path: Path): Position;
};

/** Orders findings by file, line, column, then code: the order every reporter prints. */
export function compareFindings(left: Finding, right: Finding): number {
  return (
    compareText(left.at.file, right.at.file) ||
    left.at.line - right.at.line ||
    left.at.column - right.at.column ||
    compareText(left.code, right.code) ||
    compareText(left.message, right.message)
  );
}

/** Orders texts by code unit, the same on every machine and locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
