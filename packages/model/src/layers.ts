import { finding } from './errors.ts';
import type { Finding, Position } from './finding.ts';
import { resolvePath } from './repository-path.ts';
import { clip, describeNode, positionOf } from './yaml/node.ts';
import type { MapEntry, MapNode, YamlNode } from './yaml/node.ts';
import { readTree } from './yaml/read-tree.ts';

/** Gives a file's text, or `undefined` when there is none. Paths are relative to the root, `/`-separated. */
export type ReadText = (path: string) => string | undefined;

/** Every layer of an environment in one tree, or all that is wrong with the files. */
export type Layers = { readonly kind: 'layered'; readonly root: MapNode; readonly files: readonly string[] } | Invalid;

type Invalid = { readonly kind: 'invalid'; readonly findings: readonly Finding[] };
type Found = { readonly kind: 'found'; readonly path: string };
type Layer = { readonly path: string; readonly text: string };
type Base = { readonly kind: 'base' } & Layer;

/** Gives the entry laid over what it extends, at any depth. `files` begins with the entry and ends with the deepest base. */
export function loadLayers(entry: string, read: ReadText): Layers {
  const start: Position = { file: entry, line: 1, column: 1 };
  const path = resolvePath('', entry);
  if (path === undefined) return invalid(finding('MODEL_EXTENDS_OUTSIDE', { path: clip(entry) }, start));
  const text = read(path);
  if (text === undefined) return invalid(finding('MODEL_FILE_MISSING', { path }, start));
  const layers: MapNode[] = [];
  const files: string[] = [];
  for (let next: Layer | undefined = { path, text }; next !== undefined;) {
    files.push(next.path);
    const tree = readTree(next.path, next.text);
    if (tree.kind === 'invalid') return tree;
    layers.push(tree.root);
    const base: Base | Invalid | undefined = baseOf(tree.root, files, read);
    if (base?.kind === 'invalid') return base;
    next = base;
  }
  const stacked = layers.map((layer, index) => (index === 0 ? layer : withoutOwnKeys(layer)));
  // From the deepest layer up, so that a null removes what any layer below it has.
  return { kind: 'layered', root: stacked.reduceRight((below, over) => mergeMaps(below, over)), files };
}

function baseOf(root: MapNode, files: readonly string[], read: ReadText): Base | Invalid | undefined {
  const extending = root.entries.get('extends')?.value;
  if (extending === undefined) return undefined;
  const next = nextFile(extending, files);
  if (next.kind === 'invalid') return next;
  const text = read(next.path);
  if (text !== undefined) return { kind: 'base', path: next.path, text };
  const facts = { path: describeTarget(extending), target: next.path };
  return invalid(finding('MODEL_EXTENDS_MISSING', facts, positionOf(extending.mark)));
}

function nextFile(extending: YamlNode, files: readonly string[]): Found | Invalid {
  const at = positionOf(extending.mark);
  if (extending.kind !== 'scalar' || typeof extending.value !== 'string') {
    const facts = { path: 'extends', expected: 'the path of an environment', found: describeNode(extending) };
    return invalid(finding('MODEL_WRONG_TYPE', facts, at));
  }
  const target = resolvePath(files.at(-1) ?? '', extending.value);
  if (target === undefined) {
    return invalid(finding('MODEL_EXTENDS_OUTSIDE', { path: clip(extending.value) }, at));
  }
  const path = /\.ya?ml$/.test(target) ? target : `${target}/environment.yaml`.replace(/^\//, '');
  if (files.includes(path)) {
    return invalid(finding('MODEL_EXTENDS_CYCLE', { chain: [...files, path] }, at));
  }
  return { kind: 'found', path };
}

function describeTarget(node: YamlNode): string {
  return node.kind === 'scalar' ? clip(String(node.value)) : describeNode(node);
}

function invalid(one: Finding): Invalid {
  return { kind: 'invalid', findings: [one] };
}

/** An environment's name is its own, and `extends` has been followed. */
function withoutOwnKeys(root: MapNode): MapNode {
  const entries = new Map(root.entries);
  entries.delete('environment');
  entries.delete('extends');
  return { ...root, entries };
}

/** Maps merge, scalars and lists replace, `null` removes what the base has. Every value keeps the place it was written at. */
function mergeMaps(base: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [name, entry] of over.entries) {
    const below = base.entries.get(name)?.value;
    if (below !== undefined && entry.value.kind === 'scalar' && entry.value.value === null) entries.delete(name);
    else if (below?.kind === 'map' && entry.value.kind === 'map') {
      entries.set(name, { key: entry.key, value: mergeMaps(below, entry.value) });
    } else entries.set(name, entry);
  }
  return { kind: 'map', entries, mark: over.mark };
}
