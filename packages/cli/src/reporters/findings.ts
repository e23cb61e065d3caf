import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { compareFindings } from '@flotilla/model';
import type { Finding } from '@flotilla/model';

import type { Context } from '../command.ts';
import { countFindings, findingLines } from './findings-text.ts';
import type { SourceLines } from './findings-text.ts';
import { hintFor } from './hint.ts';

const MAX_EXCERPT_BYTES = 2 ** 21;

/** Says every finding on stderr, in order, then their count; with `--json` prints `{ ok: false, findings }` on stdout. */
export function reportFindings(findings: readonly Finding[], context: Context): void {
  const sorted = findings.toSorted(compareFindings);
  if (context.json) context.write(`${JSON.stringify({ ok: false, findings: sorted })}\n`);
  for (const line of sorted.flatMap((finding) => findingLines(finding, sourceLines(context.root)))) context.say(line);
  context.say(countFindings(sorted));
}

/** Says in one line that a right environment has warnings; all of them with `--verbose`. */
export function countWarnings(findings: readonly Finding[], env: string, context: Context): void {
  if (context.verbose) {
    for (const line of findings.flatMap((each) => findingLines(each, sourceLines(context.root)))) context.say(line);
    return;
  }
  const count = findings.filter(({ severity }) => severity === 'warning').length;
  const see = hintFor(`see: scripts/flotilla validate ${env}`, context);
  if (count > 0) context.say(`${count} ${count === 1 ? 'warning' : 'warnings'}, ${see}`);
}

/** Gives a reader of single source lines below `root` that reads each file once; unreadable and very large files have none. */
export function sourceLines(root: string): SourceLines {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const lines = files.get(file) ?? readLines(join(root, file));
    files.set(file, lines);
    return lines[line - 1];
  };
}

function readLines(path: string): readonly string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? Infinity;
  return size > MAX_EXCERPT_BYTES ? [] : readFileSync(path, 'utf8').split(/\r?\n/);
}
