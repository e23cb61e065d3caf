import type { Path, Position } from '../finding.ts';

/** One read file, with what its positions are computed from. */
export type SourceText = {
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of every line. */
  readonly lineStarts: readonly number[];
};

/** A place in a file; turned into line and column only when somebody asks. */
export type Mark = { readonly source: SourceText; readonly offset: number };

export type ScalarNode = {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly mark: Mark;
};
type ListNode = { readonly kind: 'list'; readonly items: readonly YamlNode[]; readonly mark: Mark };
export type MapEntry = { readonly key: Mark; readonly value: YamlNode };
export type MapNode = { readonly kind: 'map'; readonly entries: ReadonlyMap<string, MapEntry>; readonly mark: Mark };

/** A YAML value that knows where it was written, across `extends` and aliases. Acyclic. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** Gives a file with its line table. Columns count UTF-16 code units, as editors do. */
export function sourceText(path: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { path, text, lineStarts };
}

/** Gives line and column of a mark. */
export function positionOf({ source, offset }: Mark): Position {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file: source.path, line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

/** Tells whether a key is a note of the writer's own, which no schema looks at. */
function isPrivateKey(key: string): boolean {
  return key.startsWith('x-');
}

/** Gives the plain value of a node, without keys that start with `x-`. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'map': {
      const plain: Record<string, unknown> = {};
      for (const [key, { value }] of node.entries) if (!isPrivateKey(key)) plain[key] = plainValue(value);
      return plain;
    }
    default:
      throw new Error(`unreachable: ${String(node satisfies never)}`);
  }
}

/** Gives the node at a path and the mark of the key that names it; both of the nearest existing parent when `found` is false. */
export function locate(root: YamlNode, path: Path): { found: boolean; node: YamlNode; key: Mark } {
  let node = root;
  let key = root.mark;
  for (const step of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      if (entry === undefined) return { found: false, node, key };
      ({ key, value: node } = entry);
    } else {
      const item = node.kind === 'list' ? node.items[Number(step)] : undefined;
      if (item === undefined) return { found: false, node, key };
      node = item;
      key = item.mark;
    }
  }
  return { found: true, node, key };
}

/** Says in a few words what stands there; long text is cut. */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? `"${clip(node.value)}"` : String(node.value);
}

/** Cuts text that somebody else wrote to what fits into a sentence, on one line. */
export function clip(text: string): string {
  const line = text.slice(0, 61).replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
