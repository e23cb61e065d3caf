import type { RenderedFile, ServerTree } from '@flotilla/model';
import { compareText, RUN_HASH_LABEL } from '@flotilla/model';
import { structuredPatch } from 'diff';

import type { Mask } from './diff-markdown-mask.ts';
import { visible } from './diff-markdown-text.ts';

/** How one file of a server differs. */
export type FileDiff = {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly addedLines: number;
  readonly removedLines: number;
  /** Each begins with its `@@` line and ends without a line feed. Empty when `note` says all. */
  readonly hunks: readonly string[];
  /** What no line shows. */
  readonly note?: string;
};

/**
 * Past so many edits a line diff is no longer worth its time, and a reviewer reads the new text anyway.
 * A bound on time instead would give other output on another machine.
 */
const MAX_EDITS = 1_500;

/** Gives the differences between two states of one server, sorted by path; secrets are masked. */
export function diffServer(
  before: ServerTree | undefined,
  after: ServerTree | undefined,
  mask: Mask,
): readonly FileDiff[] {
  const old = new Map(before?.files.map((file) => [file.path, file]));
  const next = new Map(after?.files.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...next.keys()])].sort(compareText);
  return paths.flatMap((path) => diffFile(old.get(path), next.get(path), mask) ?? []);
}

function diffFile(before: RenderedFile | undefined, after: RenderedFile | undefined, mask: Mask): FileDiff | undefined {
  const file = after ?? before;
  if (file === undefined || (before?.text === after?.text && before?.mode === after?.mode)) return undefined;
  const next = mask(after?.text ?? '');
  const old = alignRunHash(mask(before?.text ?? ''), next);
  const hunks = hunksOf(old, next);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const note = noteOf(before, after, hunks.length === 0);
  return {
    path: file.path,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    addedLines: lines.filter((line) => line.startsWith('+')).length,
    removedLines: lines.filter((line) => line.startsWith('-')).length,
    hunks: hunks.map(({ header, lines }) => visible([header, ...lines].join('\n'))),
    ...(note === undefined ? {} : { note }),
  };
}

/** The run hash follows from the other lines; a line that always changes with them tells a reviewer nothing. */
function alignRunHash(before: string, after: string): string {
  const label = new RegExp(`^ *${RUN_HASH_LABEL.replaceAll('.', '\\.')}: .*$`, 'm');
  const next = label.exec(after)?.[0];
  return next === undefined ? before : before.replace(label, () => next);
}

function noteOf(
  before: RenderedFile | undefined,
  after: RenderedFile | undefined,
  isSame: boolean,
): string | undefined {
  if (before === undefined || after === undefined) return isSame ? 'an empty file' : undefined;
  if (before.mode !== after.mode) return `mode ${before.mode.toString(8)} → ${after.mode.toString(8)}`;
  return isSame ? `only its ${RUN_HASH_LABEL} label changes, with the files beside it` : undefined;
}

type Hunk = { readonly header: string; readonly lines: readonly string[] };

function hunksOf(before: string, after: string): readonly Hunk[] {
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: MAX_EDITS });
  if (patch === undefined) return [wholeText(before, after)];
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    header: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    lines,
  }));
}

function wholeText(before: string, after: string): Hunk {
  const [old, next] = [linesOf(before), linesOf(after)];
  return {
    header: `@@ -${old.length === 0 ? 0 : 1},${old.length} +${next.length === 0 ? 0 : 1},${next.length} @@`,
    lines: [...old.map((line) => `-${line}`), ...next.map((line) => `+${line}`)],
  };
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
