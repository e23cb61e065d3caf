import type { Finding } from '@flotilla/model';

import type { Context } from './command.ts';
import { environmentEntry, sandboxEntry, SANDBOXES } from './environment-path.ts';
import { InvalidInput } from './invalid-input.ts';
import { loadFleet, readEnvironment, renderFleet } from './load-fleet.ts';
import type { DeclaredFleet, Fleet } from './load-fleet.ts';
import { readBelow } from './read-text.ts';
import { countWarnings } from './reporters/findings.ts';

/** The option of every command that works on a fleet. */
export const fleetOptions = { sandbox: { type: 'boolean' } } as const;

/** What a call says of the environment it means. */
export type FleetChoice = { readonly env: string; readonly sandbox: boolean | undefined };

/** Gives the entry file that a call means. Throws CLI_UNKNOWN_ENVIRONMENT and CLI_PATH_OUTSIDE. */
export function chosenEntry({ env, sandbox }: FleetChoice, context: Context): string {
  return sandbox === true ? sandboxEntry(env, context) : environmentEntry(env, context);
}

/**
 * Gives the servers and services that a call means, whatever the rules say of them: an unrelated mistake in the file must not
 * keep a person from looking at a fleet, or from failing it over. Throws `InvalidInput` for a file that cannot be read,
 * CLI_UNKNOWN_ENVIRONMENT and CLI_PATH_OUTSIDE.
 */
export function openDeclaredFleet(choice: FleetChoice, context: Context): DeclaredFleet {
  const read = readEnvironment({ entry: chosenEntry(choice, context), read: readBelow(context.root) });
  if (read.kind === 'invalid') throw new InvalidInput(withSandboxHints(read.findings, choice));
  return read;
}

/**
 * Gives findings about a sandbox's own file the one hint that mends them: nobody writes that file, and it stops to fit when the environment that
 * it is laid over changes its servers or services.
 */
export function withSandboxHints(findings: readonly Finding[], { env, sandbox }: FleetChoice): readonly Finding[] {
  if (sandbox !== true) return findings;
  const hint = `the sandbox was made of another state of this environment: scripts/flotilla up ${env}`;
  return findings.map((finding) => (finding.at.file.startsWith(SANDBOXES) ? { ...finding, hint } : finding));
}

/**
 * Gives the fleet that a call means, and says on stderr how many warnings it has. Throws `InvalidInput` when the environment has errors,
 * CLI_UNKNOWN_ENVIRONMENT and CLI_PATH_OUTSIDE.
 * @example const fleet = openFleet({ env: given.env, sandbox: values.sandbox }, context)
 */
export function openFleet(choice: FleetChoice, context: Context): Fleet {
  const loaded = loadFleet({ entry: chosenEntry(choice, context), read: readBelow(context.root) });
  if (loaded.kind === 'invalid') throw new InvalidInput(withSandboxHints(loaded.findings, choice));
  countWarnings(loaded.findings, choice.env, context);
  return loaded;
}

/** Findings that keep a fleet from its servers and not from its sandbox, which makes secrets of its own. */
const NOT_FOR_SANDBOXES: readonly string[] = ['VALIDATE_SECRET_MISSING'];

/** Gives the fleet that a call means to try out. Throws as `openFleet` does, but for secrets that nobody has written yet. */
export function openFleetToTry(env: string, context: Context): Fleet {
  const loaded = renderFleet({ entry: environmentEntry(env, context), read: readBelow(context.root) });
  const findings = loaded.findings.filter(({ code }) => !NOT_FOR_SANDBOXES.includes(code));
  if (loaded.kind === 'invalid' || findings.some(({ severity }) => severity === 'error'))
    throw new InvalidInput(findings);
  countWarnings(findings, env, context);
  return loaded;
}
