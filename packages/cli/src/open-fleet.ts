import type { Context } from './command.ts';
import { environmentEntry, sandboxEntry } from './environment-path.ts';
import { InvalidInput } from './invalid-input.ts';
import { loadFleet } from './load-fleet.ts';
import type { Fleet } from './load-fleet.ts';
import { readBelow } from './read-text.ts';
import { reportWarnings } from './reporters/findings.ts';

/** The option of every command that works on a fleet. */
export const fleetOptions = { sandbox: { type: 'boolean' } } as const;

/** What a call says of the environment it means. */
export type FleetChoice = { readonly env: string; readonly sandbox: boolean | undefined };

/** Gives the entry file that a call means. Throws CLI_UNKNOWN_ENVIRONMENT and CLI_PATH_OUTSIDE. */
export function chosenEntry({ env, sandbox }: FleetChoice, context: Context): string {
  return sandbox === true ? sandboxEntry(env, context) : environmentEntry(env, context);
}

/**
 * Gives the fleet that a call means, and says its warnings on stderr. Throws `InvalidInput` when the environment has errors,
 * CLI_UNKNOWN_ENVIRONMENT and CLI_PATH_OUTSIDE.
 * @example const fleet = openFleet({ env: given.env, sandbox: values.sandbox }, context)
 */
export function openFleet(choice: FleetChoice, context: Context): Fleet {
  const loaded = loadFleet({ entry: chosenEntry(choice, context), read: readBelow(context.root) });
  if (loaded.kind === 'invalid') throw new InvalidInput(loaded.findings);
  reportWarnings(loaded.findings, context);
  return loaded;
}
