import { FlotillaError } from '@flotilla/model';
import type { Finding } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import type { Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadFleet } from '../load-fleet.ts';
import { chosenEntry, fleetOptions, withSandboxHints } from '../open-fleet.ts';
import { readBelow } from '../read-text.ts';
import { countFindings, findingLines } from '../reporters/findings-text.ts';
import { sourceLines } from '../reporters/findings.ts';

/** Says everything that is wrong with an environment, with its place. */
export const validate = defineCommand({
  name: 'validate',
  summary: 'says everything that is wrong with an environment, with its place',
  usage: `flotilla validate <env> [--sandbox] [--format text|github|json]
  Prints every finding and exits with 2 when one of them is an error.
  --format github   annotations of a pull request
  --format json     the same as --json:
                    { ok, environment, digest?, findings: [{ severity, code, message, hint?, at: { file, line, column } }], isComplete }
                    isComplete: false when these errors kept other rules from being asked: mend them and ask again`,
  positionals: ['env'],
  options: { ...fleetOptions, format: { type: 'string' } },
  run: async (context, { given, values }) => {
    const choice = { env: given.env, sandbox: values.sandbox };
    const loaded = loadFleet({ entry: chosenEntry(choice, context), read: readBelow(context.root) });
    const digest = loaded.kind === 'loaded' ? { digest: loaded.tree.digest } : {};
    const isComplete = loaded.kind === 'loaded' || loaded.isComplete;
    const findings = withSandboxHints(loaded.findings, choice);
    const verdict = { ok: loaded.kind === 'loaded', environment: given.env, ...digest, findings, isComplete };
    const format = values.format ?? (context.json ? 'json' : 'text');
    if (format === 'json') {
      context.write(`${JSON.stringify(verdict)}\n`);
    } else {
      await print(format, findings, context);
      context.say(`${countFindings(findings)}${isComplete ? '' : '; other rules are asked once these are mended'}`);
    }
    return verdict.ok ? exitCodes.done : exitCodes.invalid;
  },
});

async function print(format: string, findings: readonly Finding[], context: Context): Promise<void> {
  if (format === 'text') {
    const source = sourceLines(context.root);
    for (const finding of findings) context.write(`${findingLines(finding, source).join('\n')}\n`);
  } else if (format === 'github') {
    const { annotateFindings, hiddenAnnotations } = await import('../reporters/findings-github.ts');
    annotateFindings(findings, await import('@actions/core'));
    const hidden = hiddenAnnotations(findings);
    if (hidden !== undefined) context.say(hidden);
  } else {
    throw new FlotillaError('CLI_USAGE', { detail: `unknown format "${format}"`, command: 'validate --help' });
  }
}
