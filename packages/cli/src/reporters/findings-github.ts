import type { AnnotationProperties } from '@actions/core';
import type { Finding } from '@flotilla/model';

import { countFindings } from './findings-text.ts';

/** The part of `@actions/core` that annotates; it escapes what a workflow command must escape. */
export type Annotator = {
  error(message: string, properties: AnnotationProperties): void;
  warning(message: string, properties: AnnotationProperties): void;
  notice(message: string, properties: AnnotationProperties): void;
};

/** GitHub shows ten annotations of each level per step and hides the rest without a word. */
const SHOWN_PER_LEVEL = 10;

/** Annotates the pull request with every finding, and says in one notice line when GitHub will hide some. */
export function annotateFindings(findings: readonly Finding[], annotator: Annotator): void {
  for (const finding of findings) {
    const level = finding.severity === 'info' ? 'notice' : finding.severity;
    const { file, line, column } = finding.at;
    const message = finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}`;
    annotator[level](message, { title: finding.code, file, startLine: line, startColumn: column });
  }
}

/** Gives the sentence for a log when GitHub shows fewer annotations than there are findings, else `undefined`. */
export function hiddenAnnotations(findings: readonly Finding[]): string | undefined {
  const isHidden = (['error', 'warning', 'info'] as const).some(
    (severity) => findings.filter((finding) => finding.severity === severity).length > SHOWN_PER_LEVEL,
  );
  return isHidden
    ? `${countFindings(findings)}; GitHub shows the first ${SHOWN_PER_LEVEL} of each, the log has all`
    : undefined;
}
