import type { Finding } from '@flotilla/model';

/** A wrong environment: its findings, for a command that needs a right one. The process ends with exit code 2. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(`${findings.length} findings`);
    this.findings = findings;
  }
}
