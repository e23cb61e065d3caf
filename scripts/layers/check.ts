import { posix } from 'node:path';

import { parseSource } from './source.ts';
import type { ImportUse } from './source.ts';
import { allowedImports, isPure, processOwner } from './table.ts';

/** A file of the repository: path from its root, `/`-separated, and text. */
export type SourceFile = { readonly path: string; readonly text: string };

/** One broken border. `line` is 1-based. */
export type Violation = { readonly path: string; readonly line: number; readonly message: string };

/** Gives every border that the sources and manifests break, in the order of the files; empty when all hold. */
export function checkLayers(files: readonly SourceFile[]): readonly Violation[] {
  const edges = new Map<string, Set<string>>();
  const violations = files.flatMap((file) => {
    const owner = ownerOf(file.path);
    if (file.path.endsWith('package.json')) return checkManifest(file, owner, edges);
    return file.path.endsWith('.ts') ? checkSource(file, owner, edges) : [];
  });
  return [...violations, ...cycles(edges)];
}

function checkManifest(file: SourceFile, owner: string, edges: Map<string, Set<string>>): readonly Violation[] {
  // A manifest that is no JSON object fails every other tool first.
  const manifest = JSON.parse(file.text) as Record<string, Record<string, string> | undefined>;
  const names = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  const targets = names.filter((name) => name.startsWith('@flotilla/')).map((name) => name.slice('@flotilla/'.length));
  return targets.flatMap((target) =>
    edge({ file, owner, target, offset: file.text.indexOf(`@flotilla/${target}"`) }, edges),
  );
}

function checkSource(file: SourceFile, owner: string, edges: Map<string, Set<string>>): readonly Violation[] {
  const { imports, impure } = parseSource(file.path, file.text);
  const borders = imports.flatMap((use) => [...checkImport(file, owner, use), ...workspaceEdge(file, use)]);
  if (!isPure(file.path)) return borders;
  return [
    ...borders,
    ...imports
      .filter(isImpureImport)
      .map((use) => violation(file, use.offset, `pure code must not import ${use.specifier}`)),
    ...impure.map((use) => violation(file, use.offset, `pure code must not use ${use.what}: pass it in`)),
  ];

  function workspaceEdge(source: SourceFile, use: ImportUse): readonly Violation[] {
    const target = /^@flotilla\/([^/]+)/.exec(use.specifier)?.[1];
    return target === undefined ? [] : edge({ file: source, owner, target, offset: use.offset }, edges);
  }
}

function checkImport(file: SourceFile, owner: string, use: ImportUse): readonly Violation[] {
  const { specifier, offset } = use;
  if (/^@flotilla\/[^/]+\//.test(specifier)) {
    return [violation(file, offset, `${specifier} reaches into a package: import its name alone`)];
  }
  if (/^(node:)?child_process$/.test(specifier) && owner !== processOwner) {
    return [violation(file, offset, `only ${processOwner} starts programs: take a CommandRunner`)];
  }
  if (!specifier.startsWith('.')) return [];
  const target = posix.join(posix.dirname(file.path), specifier);
  const home = owner === 'scripts' ? 'scripts/' : `packages/${owner}/`;
  if (target.startsWith(home) || file.path.endsWith('.config.ts')) return [];
  return [violation(file, offset, `${specifier} leaves ${home}`)];
}

function isImpureImport(use: ImportUse): boolean {
  if (!use.specifier.startsWith('node:')) return false;
  const onlyHash = use.names.length > 0 && use.names.every((name) => name === 'createHash' || name === 'Hash');
  return use.specifier !== 'node:crypto' || !onlyHash;
}

type Edge = { readonly file: SourceFile; readonly owner: string; readonly target: string; readonly offset: number };

function edge({ file, owner, target, offset }: Edge, edges: Map<string, Set<string>>): readonly Violation[] {
  edges.set(owner, (edges.get(owner) ?? new Set()).add(target));
  const allowed = allowedImports[owner];
  if (allowed === undefined)
    return [violation(file, offset, `${owner} is not in the table of scripts/layers/table.ts`)];
  if (allowed.includes(target)) return [];
  const list = allowed.length === 0 ? 'no other package' : allowed.join(', ');
  return [violation(file, offset, `${owner} may not import ${target}; it may import ${list}`)];
}

function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly Violation[] {
  const found = new Map<string, Violation>();
  const walk = (trail: readonly string[]): void => {
    for (const next of edges.get(trail.at(-1) ?? '') ?? []) {
      const start = trail.indexOf(next);
      if (start === -1) walk([...trail, next]);
      else {
        const loop = trail.slice(start);
        const message = `packages import one another: ${[...loop, next].join(' → ')}`;
        const key = loop.toSorted().join(' ');
        if (!found.has(key)) found.set(key, { path: `packages/${next}/package.json`, line: 1, message });
      }
    }
  };
  for (const owner of edges.keys()) walk([owner]);
  return [...found.values()];
}

function ownerOf(path: string): string {
  return /^packages\/([^/]+)\//.exec(path)?.[1] ?? 'scripts';
}

function violation(file: SourceFile, offset: number, message: string): Violation {
  return { path: file.path, line: file.text.slice(0, offset).split('\n').length, message };
}
