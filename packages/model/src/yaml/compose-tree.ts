import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';

import { FINDING_LIMIT } from '../bound-findings.ts';
import { finding } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { clip, describeNode, positionOf } from './node.ts';
import type { MapEntry, Mark, SourceText, YamlNode } from './node.ts';
import { plainScalar } from './scalar.ts';

/** Values that all aliases of one file may stand for together. */
const ALIAS_LIMIT = 10_000;

/** Control characters that an escape in double quotes may have brought in. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

type Anchor = { readonly node: YamlNode; readonly size: number } | 'open';

type Composer = {
  readonly source: SourceText;
  readonly events: readonly Event[];
  readonly findings: Finding[];
  readonly anchors: Map<string, Anchor>;
  index: number;
  /** Where the last token began: the place of a value that is not written. */
  last: number;
  /** Values composed so far, those behind aliases included. */
  size: number;
  expanded: number;
};

/** Gives the tree of the document whose first content event is at `index`, and what is wrong with it. */
export function composeTree(source: SourceText, events: readonly Event[], index: number) {
  const composer: Composer = {
    source,
    events,
    findings: [],
    anchors: new Map(),
    index,
    last: 0,
    size: 0,
    expanded: 0,
  };
  const root = composeNode(composer);
  return { root, findings: composer.findings };
}

function composeNode(composer: Composer): YamlNode {
  const event = composer.events[composer.index];
  composer.index += 1;
  composer.size += 1;
  switch (event?.type) {
    case EVENT_ID.SCALAR:
      return anchored(composer, event, () => composeScalar(composer, event));
    case EVENT_ID.SEQUENCE:
      return anchored(composer, event, () => composeList(composer, event));
    case EVENT_ID.MAPPING:
      return anchored(composer, event, () => composeMap(composer, event));
    case EVENT_ID.ALIAS:
      return resolveAlias(composer, event);
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
    case undefined:
      throw new Error(`the parser gave event ${event?.type} where a value begins`);
    default:
      throw new Error(`unreachable: ${String(event satisfies never)}`);
  }
}

function anchored(composer: Composer, event: ScalarEvent | SequenceEvent | MappingEvent, compose: () => YamlNode) {
  if (event.tagStart !== -1) {
    const tag = clip(composer.source.text.slice(event.tagStart, event.tagEnd));
    report(composer, finding('MODEL_YAML_TAG', { tag }, positionOf(mark(composer, event.tagStart))));
  }
  if (event.anchorStart === -1) return compose();
  const name = composer.source.text.slice(event.anchorStart, event.anchorEnd);
  const before = composer.size;
  composer.anchors.set(name, 'open');
  const node = compose();
  composer.anchors.set(name, { node, size: composer.size - before + 1 });
  return node;
}

function resolveAlias(composer: Composer, event: AliasEvent): YamlNode {
  const name = composer.source.text.slice(event.anchorStart, event.anchorEnd);
  const at = mark(composer, Math.max(0, event.anchorStart - 1));
  // An empty mapping draws no second finding, wherever the alias stands.
  const nothing: YamlNode = { kind: 'map', entries: new Map(), mark: at };
  const anchor = composer.anchors.get(name);
  if (anchor === undefined || anchor === 'open') {
    const code = anchor === undefined ? 'MODEL_ALIAS_UNKNOWN' : 'MODEL_ALIAS_CYCLE';
    report(composer, finding(code, { alias: clip(name) }, positionOf(at)));
    return nothing;
  }
  const isFirstOver = composer.expanded <= ALIAS_LIMIT;
  composer.expanded += anchor.size;
  if (composer.expanded > ALIAS_LIMIT) {
    if (isFirstOver) report(composer, finding('MODEL_ALIAS_BOMB', { limit: ALIAS_LIMIT }, positionOf(at)));
    return nothing;
  }
  composer.size += anchor.size;
  return anchor.node;
}

function composeScalar(composer: Composer, event: ScalarEvent): YamlNode {
  const isPlain = event.style === SCALAR_STYLE.PLAIN;
  if (event.valueStart === -1) return { kind: 'scalar', value: null, mark: mark(composer, composer.last) };
  const at = scalarMark(composer, event);
  const text = getScalarValue(composer.source.text, event);
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) checkControl(composer, text, at);
  return { kind: 'scalar', value: isPlain && event.tagStart === -1 ? plainScalar(text) : text, mark: at };
}

function checkControl(composer: Composer, text: string, at: Mark): void {
  const match = CONTROL.exec(text);
  if (match) report(composer, finding('MODEL_TEXT_ENCODING', { character: codePoint(match[0]) }, positionOf(at)));
}

function report(composer: Composer, one: Finding): void {
  if (composer.findings.length < FINDING_LIMIT) composer.findings.push(one);
}

/** Gives the code point of a character as it is written in tables: `U+0007`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function composeList(composer: Composer, event: SequenceEvent): YamlNode {
  const items: YamlNode[] = [];
  const at = mark(composer, event.start);
  while (composer.events[composer.index]?.type !== EVENT_ID.POP) items.push(composeNode(composer));
  composer.index += 1;
  return { kind: 'list', items, mark: at };
}

function composeMap(composer: Composer, event: MappingEvent): YamlNode {
  const entries = new Map<string, MapEntry>();
  const merges: YamlNode[] = [];
  const at = mark(composer, event.start);
  while (composer.events[composer.index]?.type !== EVENT_ID.POP) {
    const key = composeKey(composer);
    const value = composeNode(composer);
    if (key === undefined) continue;
    if (key.isMerge) merges.push(value);
    else addEntry(composer, entries, { name: key.name, entry: { key: key.at, value } });
  }
  composer.index += 1;
  for (const merge of merges) mergeInto(composer, entries, merge);
  return { kind: 'map', entries, mark: at };
}

type Key = { readonly name: string; readonly at: Mark; readonly isMerge: boolean };

function composeKey(composer: Composer): Key | undefined {
  const event = composer.events[composer.index];
  if (event?.type !== EVENT_ID.SCALAR || event.valueStart === -1) {
    const { mark: at } = composeNode(composer);
    report(composer, finding('MODEL_KEY_NOT_TEXT', {}, positionOf(at)));
    return undefined;
  }
  // Composed like a value for its anchor, tag and control characters; the text wins, so that the key 8404 stays "8404".
  const { mark: at } = composeNode(composer);
  const name = getScalarValue(composer.source.text, event);
  return { name, at, isMerge: name === '<<' && event.style === SCALAR_STYLE.PLAIN };
}

type NamedEntry = { readonly name: string; readonly entry: MapEntry };

function addEntry(composer: Composer, entries: Map<string, MapEntry>, { name, entry }: NamedEntry): void {
  const before = entries.get(name);
  if (name === '__proto__') {
    report(composer, finding('MODEL_RESERVED_KEY', { key: name }, positionOf(entry.key)));
  } else if (before === undefined) {
    entries.set(name, entry);
  } else {
    const facts = { key: clip(name), firstLine: positionOf(before.key).line };
    report(composer, finding('MODEL_DUPLICATE_KEY', facts, positionOf(entry.key)));
  }
}

/** Adds the keys that are not there yet: what is written out wins over what is merged, earlier merges over later ones. */
function mergeInto(composer: Composer, entries: Map<string, MapEntry>, value: YamlNode): void {
  for (const source of value.kind === 'list' ? value.items : [value]) {
    if (source.kind === 'map') {
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
    } else {
      report(composer, finding('MODEL_MERGE_KEY', { found: describeNode(source) }, positionOf(source.mark)));
    }
  }
}

function scalarMark(composer: Composer, { style, valueStart }: ScalarEvent): Mark {
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  return mark(composer, isQuoted ? valueStart - 1 : valueStart);
}

function mark(composer: Composer, offset: number): Mark {
  composer.last = offset;
  return { source: composer.source, offset };
}
