import { printable } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { InvalidInput } from '../invalid-input.ts';
import { reportFindings } from './findings.ts';
import { hintFor } from './hint.ts';

const wrongCalls: ReadonlySet<string> = new Set([
  'CLI_USAGE',
  'CLI_UNKNOWN_ENVIRONMENT',
  'CLI_UNKNOWN_REVISION',
  'CLI_PATH_OUTSIDE',
  'CLI_OUT_NOT_EMPTY',
  'CLI_UNKNOWN_SERVER',
  'CLI_STALE_PLAN',
  'FAILOVER_UNKNOWN_SERVICE',
  'FAILOVER_NOT_A_MEMBER',
  'FAILOVER_ADOPT_UNSUPPORTED',
]);

/** Says what went wrong and gives the exit code for it. With `--json`, `{ ok: false, error | findings }` goes to stdout. */
export function reportError(error: unknown, context: Context): ExitCode {
  if (error instanceof InvalidInput) {
    reportFindings(error.findings, context);
    return exitCodes.invalid;
  }
  if (context.json) context.write(`${JSON.stringify({ ok: false, error: describe(error) })}\n`);
  for (const line of errorLines(error, context)) context.say(printable(line));
  if (context.verbose || !(error instanceof FlotillaError)) {
    for (const line of trace(error)) context.say(printable(line));
  }
  if (!(error instanceof FlotillaError)) return exitCodes.bug;
  return wrongCalls.has(error.code) ? exitCodes.invalid : exitCodes.failed;
}

function describe(error: unknown) {
  if (!(error instanceof FlotillaError)) return { code: 'BUG', message: String(error) };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

/** Gives an error's code, sentence and hint as lines. */
export function errorLines(error: unknown, context: Pick<Context, 'sandbox'>): readonly string[] {
  if (!(error instanceof FlotillaError)) return [`error: this is a bug of flotilla: ${String(error)}`];
  const lines = `error ${error.code}: ${error.message}`.split('\n');
  if (error.hint === undefined) return lines;
  return [...lines, ...`hint: ${hintFor(error.hint, context)}`.split('\n')];
}

function trace(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = (error.stack ?? '').split('\n').slice(1);
  return error.cause instanceof Error ? [...own, `caused by: ${error.cause.message}`, ...trace(error.cause)] : own;
}
