import type { Finding, Severity } from '@flotilla/model';
import { compareFindings } from '@flotilla/model';

import { code, count, plain, shorten, sizeOf } from './diff-markdown-text.ts';

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
const MESSAGE_CHARACTERS = 1_200;
const FIELD_CHARACTERS = 300;

/** The findings as far as they fit. */
export type FindingsText = { readonly text: string; readonly omitted: number };

/** Gives findings as a list, errors first, in at most `limit` bytes; those that do not fit are counted. */
export function renderFindings(findings: readonly Finding[], limit: number): FindingsText {
  if (findings.length === 0) return { text: '\n### Findings\n\nNone.\n', omitted: 0 };
  const sorted = [...findings].sort(
    (left, right) => ORDER[left.severity] - ORDER[right.severity] || compareFindings(left, right),
  );
  const title = `\n### Findings: ${countBySeverity(findings)}\n\n`;
  let room = limit - sizeOf(title) - sizeOf(skipped(findings.length));
  const shown: string[] = [];
  for (const finding of sorted) {
    const line = renderFinding(finding);
    room -= sizeOf(line);
    if (room < 0) break;
    shown.push(line);
  }
  const omitted = findings.length - shown.length;
  return { text: `${title}${shown.join('')}${omitted === 0 ? '' : skipped(omitted)}`, omitted };
}

function countBySeverity(findings: readonly Finding[]): string {
  const words = { error: 'error', warning: 'warning', info: 'remark' } as const;
  return (['error', 'warning', 'info'] as const)
    .map((severity) => [words[severity], findings.filter((finding) => finding.severity === severity).length] as const)
    .flatMap(([word, amount]) => (amount === 0 ? [] : [count(amount, word)]))
    .join(', ');
}

function renderFinding({ severity, code: name, message, hint, at }: Finding): string {
  const place = code(`${shorten(at.file, FIELD_CHARACTERS)}:${at.line}:${at.column}`);
  const text = plain(shorten(message, MESSAGE_CHARACTERS));
  const follow = hint === undefined ? '' : `\n  - hint: ${plain(shorten(hint, MESSAGE_CHARACTERS))}`;
  return `- **${severity}** ${code(shorten(name, FIELD_CHARACTERS))} ${place} ${text}${follow}\n`;
}

function skipped(amount: number): string {
  return `\n**${count(amount, 'further finding')} not shown.**\n`;
}
