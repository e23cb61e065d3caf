import { parseSync, Visitor } from 'oxc-parser';

/** One import, export-from or dynamic import. `names` has `*` for a default or namespace import and is empty for a side effect. */
export type ImportUse = { readonly specifier: string; readonly names: readonly string[]; readonly offset: number };

/** A use of time, randomness or the process. */
export type ImpureUse = { readonly what: string; readonly offset: number };

export type ParsedSource = { readonly imports: readonly ImportUse[]; readonly impure: readonly ImpureUse[] };

const impureMembers = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]);

/** Gives what a TypeScript text imports and which impure globals it calls, in order of appearance. Offsets are 0-based. */
export function parseSource(path: string, text: string): ParsedSource {
  const { module, program } = parseSync(path, text);
  const imports = [
    ...module.staticImports.map((use) => ({
      specifier: use.moduleRequest.value,
      names: use.entries.map((entry) => entry.importName.name ?? '*'),
      offset: use.start,
    })),
    ...module.staticExports.flatMap((use) =>
      use.entries.flatMap(({ moduleRequest }) =>
        moduleRequest === null ? [] : [{ specifier: moduleRequest.value, names: [], offset: use.start }],
      ),
    ),
    ...module.dynamicImports.map((use) => ({
      specifier: text.slice(use.moduleRequest.start + 1, use.moduleRequest.end - 1),
      names: [],
      offset: use.start,
    })),
  ];
  return { imports: imports.toSorted((left, right) => left.offset - right.offset), impure: impureUses(program) };
}

function impureUses(program: ReturnType<typeof parseSync>['program']): readonly ImpureUse[] {
  const uses: ImpureUse[] = [];
  new Visitor({
    MemberExpression(node) {
      if (node.object.type !== 'Identifier') return;
      const property = node.property.type === 'Identifier' ? node.property.name : '';
      const what = `${node.object.name}.${property}`;
      if (node.object.name === 'process' || impureMembers.has(what)) uses.push({ what, offset: node.start });
    },
    NewExpression(node) {
      const isDate = node.callee.type === 'Identifier' && node.callee.name === 'Date';
      if (isDate && node.arguments.length === 0) uses.push({ what: 'new Date()', offset: node.start });
    },
  }).visit(program);
  return uses;
}
