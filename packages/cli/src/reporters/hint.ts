import type { Context } from '../command.ts';

/** Gives a hint for this call: one that is followed as it stands must not lead from a sandbox to the real fleet. */
export function hintFor(hint: string, { sandbox }: Pick<Context, 'sandbox'>): string {
  if (!sandbox) return hint;
  return hint.replaceAll(/scripts\/flotilla (?!help|up|down|fault|list|schema)\w+ \S+/g, '$& --sandbox');
}
