import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { isDatabase } from '@flotilla/model';

import type { Context } from '../command.ts';
import type { DeclaredFleet } from '../load-fleet.ts';
import { primaryPatch } from '../patch/primary-patch.ts';
import { readBelow } from '../read-text.ts';

/** The option of every command that changes who is primary. */
export const patchOption = { patch: { type: 'string' } } as const;

/** What it means, for the usage of a command. */
export const PATCH_USAGE =
  '  --patch FILE     writes the change of `primary:` in the environment as a patch for git apply, when there is one';

/**
 * Says on stderr how the environment's file differs from who is primary now, and writes the change to a file when one is named. No
 * deploy depends on it: the file names the preferred primary alone.
 */
export function offerPatch(
  fleet: DeclaredFleet,
  context: Context,
  { service, to, file }: { readonly service: string; readonly to: string; readonly file: string | undefined },
): void {
  const definition = fleet.environment.services[service];
  if (!isDatabase(definition)) return;
  if (definition.primary === to) {
    if (file !== undefined) context.say(`hint: the environment prefers ${to} already, so that ${file} is not written`);
    return;
  }
  const { primary, replicas } = definition;
  const read = readBelow(context.root);
  const patch = primaryPatch({ service, primary, replicas, to, sources: fleet.sources, read });
  const at = fleet.sources.valueAt(['services', service, 'primary']);
  if (patch === undefined) {
    context.say(`hint: ${at.file}:${at.line} prefers ${primary}; change primary: and replicas: of ${service} by hand`);
    return;
  }
  context.say(`hint: ${at.file}:${at.line} prefers ${primary}; this changes it to ${to}, and no deploy needs it:`);
  for (const line of patch.trimEnd().split('\n')) context.say(`  ${line}`);
  if (file !== undefined) writeFileSync(resolve(context.cwd, file), patch);
}
