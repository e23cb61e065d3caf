import type { FileEffect, RenderedFile } from '@flotilla/model';
import { compareText, RUN_HASH_LABEL, SECRETS_HASH_LABEL } from '@flotilla/model';

/** One file that differs between two trees. */
export type FileChange = {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** What the change costs. `none` for a Compose file that differs in its run hash alone, because another file caused that. */
  readonly effect: FileEffect;
};

/** Gives the files that differ in bytes or mode; sorted by path. */
export function compareFiles(before: readonly RenderedFile[], after: readonly RenderedFile[]): readonly FileChange[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const kept = new Set(after.map((file) => file.path));
  const changes: FileChange[] = [];
  for (const file of after) {
    const was = old.get(file.path);
    if (was === undefined) changes.push({ path: file.path, change: 'added', effect: file.effect });
    else if (was.text !== file.text || was.mode !== file.mode) {
      changes.push({ path: file.path, change: 'changed', effect: effectOf(was, file) });
    }
  }
  for (const { path, effect } of before) if (!kept.has(path)) changes.push({ path, change: 'removed', effect });
  return changes.sort((left, right) => compareText(left.path, right.path));
}

/** Tells whether two texts differ in the label with the hash over a unit's secrets. */
export function hasOtherSecrets(before: string, after: string): boolean {
  return labelValue(before, SECRETS_HASH_LABEL) !== labelValue(after, SECRETS_HASH_LABEL);
}

function effectOf(before: RenderedFile, after: RenderedFile): FileEffect {
  const isDerived = before.mode === after.mode && withoutRunHash(before.text) === withoutRunHash(after.text);
  return isDerived ? 'none' : after.effect;
}

function withoutRunHash(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith(`${RUN_HASH_LABEL}:`))
    .join('\n');
}

function labelValue(text: string, label: string): string | undefined {
  const line = text.split('\n').find((candidate) => candidate.trimStart().startsWith(`${label}:`));
  return line?.trim().slice(label.length + 1);
}
