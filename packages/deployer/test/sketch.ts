import { createHash } from 'node:crypto';

import type { DrainPoint, RenderedFile, ServerTree, ServiceUnit, Tree } from '@flotilla/model';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a test says of a unit; the rest is derived from it. */
export type UnitSketch = Partial<Omit<ServiceUnit, 'hash' | 'runHash'>> & {
  readonly service: string;
  /** Content of the Compose file, standing for everything that recreates the container. */
  readonly run?: string;
  /** Content of the file that is only reloaded. */
  readonly config?: string;
};

/** Gives a unit and its files. */
export function sketchUnit(server: string, sketch: UnitSketch): { unit: ServiceUnit; files: readonly RenderedFile[] } {
  const { run = '1', config = '1', ...fields } = sketch;
  const folder = `services/${sketch.service}`;
  const files: readonly RenderedFile[] = [
    { path: `${folder}/app.conf`, text: config, mode: 0o644, effect: 'reload' },
    { path: `${folder}/compose.yaml`, text: run, mode: 0o644, effect: 'recreate' },
  ];
  const base: Omit<ServiceUnit, 'hash' | 'runHash'> = {
    server,
    kind: 'app',
    tier: 'stateless',
    image: `registry.example/${sketch.service}:1.${run}`,
    publishes: [],
    memoryBytes: 1,
    cpus: undefined,
    after: [],
    drains: [],
    gates: [],
    secretEnv: [],
    secretFiles: [],
    directories: [],
    ...fields,
  };
  return { unit: { ...base, hash: digest(`${run}/${config}`), runHash: digest(run) }, files };
}

/** Gives a tree of these units by server. */
export function sketchTree(servers: Readonly<Record<string, readonly UnitSketch[]>>): Tree {
  const trees = Object.entries(servers).map(([server, sketches]): ServerTree => {
    const built = sketches.map((sketch) => sketchUnit(server, sketch));
    return {
      server,
      files: built.flatMap(({ files }) => files),
      units: built.map(({ unit }) => unit),
      digest: digest(JSON.stringify(built)),
    };
  });
  return { environment: 'waybill', servers: trees, digest: digest(trees.map((tree) => tree.digest).join()) };
}

/** Gives the entry of the edge on lb that stands for an application server. */
function behindEdge(entry: string): readonly DrainPoint[] {
  return [{ edgeService: 'edge', edgeServer: 'lb', backend: 'be_web', entry }];
}

/** A balancer and two application servers, each with one web unit of this version. */
export function webFleet(run: string, config = '1'): Tree {
  const web = (entry: string): UnitSketch => ({
    service: 'web',
    run,
    config,
    drains: behindEdge(entry),
    reload: ['nginx', '-s', 'reload'],
  });
  return sketchTree({
    lb: [{ service: 'edge', kind: 'haproxy', tier: 'edge' }],
    app1: [web('app1')],
    app2: [web('app2')],
  });
}
