import { createHash } from 'node:crypto';

import type { Control, DrainPoint, FileEffect, RenderedFile, ServerTree, ServiceUnit, Tree } from '@flotilla/model';

/** A unit as a plan test writes it: its files by name inside the unit's folder. */
export type UnitSpec = Partial<ServiceUnit> & {
  readonly service: string;
  readonly files?: Readonly<Record<string, readonly [text: string, effect: FileEffect]>>;
};

const DEFAULT_FILES: UnitSpec['files'] = { 'compose.yaml': ['services: {}\n', 'recreate'] };

/** Gives a tree in which hashes and digests follow from the files, as the renderer's do. */
export function treeOf(
  servers: Readonly<Record<string, readonly UnitSpec[]>>,
  host: readonly RenderedFile[] = [],
): Tree {
  const trees = Object.keys(servers)
    .sort()
    .map((server) => serverTree(server, servers[server] ?? [], host));
  return { environment: 'test', servers: trees, digest: hash(trees.map((tree) => tree.digest)) };
}

/** Gives the drain point of an entry in the backend `be_web` of the edge on `lb`. */
export function webEntry(entry: string): DrainPoint {
  return { edgeService: 'edge', edgeServer: 'lb', backend: 'be_web', entry };
}

/** Gives the guard's unit with a configuration that names the members of one database. */
export function guardUnit(service: string, members: readonly string[], control: Control = 'guard'): UnitSpec {
  const guard = JSON.stringify({ services: [{ service, kind: 'postgres', control, members, port: 5432 }] });
  return { service: 'guard', kind: 'guard', tier: 'platform', files: { 'guard.json': [guard, 'recreate'] } };
}

function serverTree(server: string, specs: readonly UnitSpec[], host: readonly RenderedFile[]): ServerTree {
  const units = specs.map((spec) => unitOf(server, spec));
  const files = [...units.flatMap(({ files }) => files), ...host].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    server,
    units: units.map(({ unit }) => unit),
    files,
    digest: hash(files.map((file) => file.path + file.text)),
  };
}

function unitOf(
  server: string,
  spec: UnitSpec,
): { readonly unit: ServiceUnit; readonly files: readonly RenderedFile[] } {
  const { files: named = DEFAULT_FILES ?? {}, ...parts } = spec;
  const files = Object.entries(named).map(([name, [text, effect]]): RenderedFile => {
    return { path: `services/${spec.service}/${name}`, text, effect, mode: 0o644 };
  });
  const running = files.filter(({ effect }) => effect === 'recreate' || effect === 'restart');
  const unit: ServiceUnit = {
    server,
    kind: 'app',
    tier: 'stateless',
    image: 'app:1.0.0',
    publishes: [],
    memoryBytes: 0,
    cpus: undefined,
    after: [],
    drains: [],
    gates: [],
    secretEnv: [],
    secretFiles: [],
    directories: [],
    hash: hash(files.map((file) => file.path + file.text)),
    runHash: hash(running.map((file) => file.path + file.text)),
    ...parts,
  };
  return { unit, files };
}

function hash(texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex');
}
