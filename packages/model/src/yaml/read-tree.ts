import { EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';

import { finding } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { codePoint, composeTree } from './compose-tree.ts';
import { clip, describeNode, positionOf, sourceText } from './node.ts';
import type { MapNode, SourceText } from './node.ts';

/** Characters that are read at most from one file. */
const SIZE_LIMIT = 4 * 2 ** 20;

/** Control characters, half characters, and the sign that decoding left for bytes that are not UTF-8. */
const BAD_CHARACTER =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffd\ufffe\uffff]|\p{Surrogate}/u;

/** What came of a file's text. */
export type TreeResult = { readonly kind: 'tree'; readonly root: MapNode } | Invalid;

type Invalid = { readonly kind: 'invalid'; readonly findings: readonly Finding[] };
type Parsed = { readonly kind: 'events'; readonly events: readonly Event[] };

/** Gives the mapping that a YAML text holds, every key and value with its place; or all that is wrong with the text. */
export function readTree(path: string, text: string): TreeResult {
  const source = sourceText(path, text.startsWith('\uFEFF') ? text.slice(1) : text);
  const early = checkText(source);
  if (early) return { kind: 'invalid', findings: [early] };
  const parsed = parseText(source);
  if (parsed.kind === 'invalid') return parsed;
  const { events } = parsed;
  const begins = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
  if (begins.length > 1) {
    const at = positionOf({ source, offset: secondDocument(source.text) });
    return { kind: 'invalid', findings: [finding('MODEL_SEVERAL_DOCUMENTS', { count: begins.length }, at)] };
  }
  return begins.length === 0 ? empty(source) : readDocument(source, events);
}

function readDocument(source: SourceText, events: readonly Event[]): TreeResult {
  const { root, findings } = composeTree(source, events, 1);
  if (root.kind === 'scalar' && root.value === null && findings.length === 0) return empty(source);
  if (root.kind === 'map') {
    return findings.length === 0 ? { kind: 'tree', root } : { kind: 'invalid', findings };
  }
  const wrong = finding('MODEL_NOT_A_MAPPING', { found: describeNode(root) }, positionOf(root.mark));
  return { kind: 'invalid', findings: [...findings, wrong] };
}

function empty(source: SourceText): TreeResult {
  const at = positionOf({ source, offset: 0 });
  return { kind: 'invalid', findings: [finding('MODEL_EMPTY', { path: source.path }, at)] };
}

function checkText(source: SourceText): Finding | undefined {
  const size = source.text.length;
  if (size > SIZE_LIMIT) {
    return finding('MODEL_FILE_TOO_LARGE', { size, limit: SIZE_LIMIT }, positionOf({ source, offset: 0 }));
  }
  const match = BAD_CHARACTER.exec(source.text);
  if (!match) return undefined;
  return finding(
    'MODEL_TEXT_ENCODING',
    { character: codePoint(match[0]) },
    positionOf({ source, offset: match.index }),
  );
}

function parseText(source: SourceText): Parsed | Invalid {
  try {
    return { kind: 'events', events: parseEvents(source.text, {}) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { kind: 'invalid', findings: [syntaxFinding(source, error)] };
  }
}

function syntaxFinding(source: SourceText, error: YAMLException): Finding {
  const offset = Math.min(error.mark?.position ?? 0, Math.max(0, source.text.length - 1));
  const { line } = positionOf({ source, offset });
  const tab = tabNear(source, line);
  if (tab !== undefined) return finding('MODEL_YAML_TAB', {}, positionOf({ source, offset: tab }));
  return finding('MODEL_YAML_SYNTAX', { reason: clip(error.reason) }, positionOf({ source, offset }));
}

/** The parser complains at the end of a line, or of the one before, when a tab broke the indentation. */
function tabNear(source: SourceText, line: number): number | undefined {
  for (const candidate of [line - 1, line, line + 1]) {
    const start = source.lineStarts[candidate - 1];
    if (start === undefined) continue;
    const end = source.lineStarts[candidate] ?? source.text.length;
    const tab = /^ *\t/.exec(source.text.slice(start, end));
    if (tab) return start + tab[0].length - 1;
  }
  return undefined;
}

/** A document begins at a `---` line; the first one only ends a document when there is content before it. */
function secondDocument(text: string): number {
  const markers = [...text.matchAll(/^---(?=\s|$)/gm)];
  const first = markers[0]?.index ?? 0;
  const hasContentBefore = /^[^#%\s]/m.test(text.slice(0, first));
  return (hasContentBefore ? first : markers[1]?.index) ?? first;
}
