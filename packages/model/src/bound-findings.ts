import { finding } from './errors.ts';
import { compareFindings } from './finding.ts';
import type { Finding, Position } from './finding.ts';

/** Findings that one input can have; past it, nobody reads them and the input is something else. */
export const FINDING_LIMIT = 1_000;

/** Gives findings sorted by place. Takes the first `FINDING_LIMIT` and says at `at` when there were more. */
export function boundFindings(findings: Iterable<Finding>, at: Position): readonly Finding[] {
  const bounded: Finding[] = [];
  for (const one of findings) {
    bounded.push(one);
    if (bounded.length >= FINDING_LIMIT) {
      bounded.push(finding('MODEL_TOO_MANY_FAULTS', { limit: FINDING_LIMIT }, at));
      break;
    }
  }
  return bounded.sort(compareFindings);
}
