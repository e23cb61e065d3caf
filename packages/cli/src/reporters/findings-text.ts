import { printable } from '@flotilla/exec';
import type { Finding, Position } from '@flotilla/model';

/** Gives the text of a source line, or `undefined` when the file cannot be read. */
export type SourceLines = (at: Position) => string | undefined;

const MAX_SOURCE_COLUMNS = 160;

/** Gives the lines a person reads: `file:line:column severity CODE message`, the hint, and the source line with a caret. */
export function findingLines(finding: Finding, source: SourceLines): readonly string[] {
  const { at, severity, code, message, hint } = finding;
  const head = printable(`${at.file}:${at.line}:${at.column} ${severity} ${code} ${message}`);
  const line = source(at);
  return [
    ...head.split('\n'),
    ...(hint === undefined ? [] : printable(`  hint: ${hint}`).split('\n')),
    ...(line === undefined || line.trim() === '' ? [] : excerpt(line, at)),
  ];
}

/** Gives `2 errors, 1 warning`, or `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const word = severity === 'info' || count === 1 ? severity : `${severity}s`;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

function excerpt(line: string, at: Position): readonly string[] {
  const gutter = `  ${at.line} | `;
  // The window moves right with the column, so that the caret stands below what it means also in a very long line.
  const start = at.column > MAX_SOURCE_COLUMNS ? at.column - 1 - MAX_SOURCE_COLUMNS / 2 : 0;
  const visible = printable(line.replaceAll('\t', ' ')).slice(start, start + MAX_SOURCE_COLUMNS);
  const caret = ' '.repeat(gutter.length + Math.max(0, at.column - 1 - start));
  return [`${gutter}${visible}`, `${caret}^`];
}
