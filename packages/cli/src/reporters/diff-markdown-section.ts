import type { ServerPlan } from '@flotilla/deployer';

import type { FileDiff } from './diff-markdown-hunks.ts';
import { code, count, fenceLength, fitting, html, plain, shorten, sizeOf } from './diff-markdown-text.ts';

/** The part of one server: what is done there and why, and its difference. */
export type Section = { readonly plan: ServerPlan; readonly diffs: readonly FileDiff[] };

/** A section as far as it fits, and what of it was left out. */
export type SectionText = {
  readonly text: string;
  readonly omittedHunks: number;
  readonly omittedFiles: number;
  readonly omittedOperations: number;
};

/** Room that a section keeps for saying what it leaves out. */
const NOTICE_BYTES = 160;
const FIELD_CHARACTERS = 600;
/** Line feeds and the word `diff` around a fenced text. */
const FENCE_FRAME_BYTES = 8;

/** Gives a section in at most `limit` bytes, or `undefined` when not even its frame fits. Leaves out whole operations, files and hunks. */
export function renderSection({ plan, diffs }: Section, limit: number): SectionText | undefined {
  const close = '\n</details>\n';
  const open = frame(plan, diffs);
  let room = limit - sizeOf(open) - sizeOf(close) - NOTICE_BYTES;
  if (room < 0) return undefined;
  const operations = operationLines(plan);
  const shownOperations = fitting(operations, room / 2);
  room -= sizeOf(shownOperations.join(''));
  const parts: string[] = [];
  let [omittedHunks, omittedFiles] = [0, 0];
  for (const diff of diffs) {
    const part = renderFile(diff, room);
    if (part === undefined) omittedFiles += 1;
    omittedHunks += part === undefined ? diff.hunks.length : part.omitted;
    if (part === undefined) continue;
    room -= sizeOf(part.text);
    parts.push(part.text);
  }
  const omitted = { omittedHunks, omittedFiles, omittedOperations: operations.length - shownOperations.length };
  return { text: [open, ...shownOperations, ...parts, notice(omitted), close].join(''), ...omitted };
}

function frame({ server, digestBefore, digestAfter, impact }: ServerPlan, diffs: readonly FileDiff[]): string {
  const lines = diffs.reduce((sum, diff) => sum + diff.addedLines + diff.removedLines, 0);
  const title = `<b>${html(server)}</b>: ${html(impact)}, ${count(diffs.length, 'file')}, ${count(lines, 'changed line')}`;
  const from = digestBefore === undefined ? 'new server' : `from ${code(digestBefore)}`;
  const to = digestAfter === undefined ? 'leaves the environment' : `to ${code(digestAfter)}`;
  return `<details><summary>${title}</summary>\n\nDigest ${from} ${to}\n\n`;
}

function operationLines({ operations }: ServerPlan): readonly string[] {
  return operations.map((operation) => {
    const name = operation.kind === 'host-change' ? 'host' : code(operation.service);
    const safer = operation.saferPath === undefined ? '' : `\n  - safer: ${field(operation.saferPath)}`;
    const kind = operation.refusal === undefined ? operation.kind : `REFUSED ${operation.kind}`;
    const doubt = operation.doubt === undefined ? '' : `\n  - **doubt**: ${field(operation.doubt)}`;
    return `- **${kind}** ${name}: ${field(operation.reason)}. Unavailable: ${field(operation.unavailability)}${safer}${doubt}\n`;
  });
}

/** Gives as much of a file as fits: its name always, its hunks from the first one on; `undefined` when the name does not fit. */
function renderFile(diff: FileDiff, room: number): { readonly text: string; readonly omitted: number } | undefined {
  const note = diff.note === undefined ? '' : `; ${plain(diff.note)}`;
  const head = `\n${code(shorten(diff.path, FIELD_CHARACTERS))} ${diff.change} (+${diff.addedLines} −${diff.removedLines})${note}\n`;
  const reserve = sizeOf(head) + sizeOf(skipped(diff.hunks.length));
  if (reserve > room) return undefined;
  const shown = fittingHunks(diff.hunks, room - reserve);
  const omitted = diff.hunks.length - shown.length;
  return { text: `${head}${fenced(shown)}${skipped(omitted)}`, omitted };
}

function skipped(amount: number): string {
  return amount === 0 ? '' : `\n${count(amount, 'hunk')} of this file not shown.\n`;
}

function fittingHunks(hunks: readonly string[], room: number): readonly string[] {
  let [text, fence] = [0, 0];
  const end = hunks.findIndex((hunk) => {
    text += sizeOf(hunk) + 1;
    fence = Math.max(fence, fenceLength(hunk));
    return text + 2 * fence + FENCE_FRAME_BYTES > room;
  });
  return end === -1 ? hunks : hunks.slice(0, end);
}

function fenced(hunks: readonly string[]): string {
  if (hunks.length === 0) return '';
  const text = hunks.join('\n');
  const fence = '`'.repeat(fenceLength(text));
  return `\n${fence}diff\n${text}\n${fence}\n`;
}

function notice({ omittedFiles, omittedOperations }: Omit<SectionText, 'text'>): string {
  const parts = [
    ...(omittedFiles === 0 ? [] : [count(omittedFiles, 'changed file')]),
    ...(omittedOperations === 0 ? [] : [count(omittedOperations, 'operation')]),
  ];
  return parts.length === 0 ? '' : `\n**Not shown for this server: ${parts.join(' and ')}.**\n`;
}

function field(text: string): string {
  return plain(shorten(text, FIELD_CHARACTERS));
}
