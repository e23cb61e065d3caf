import type { Environment, ServerTree, ServiceUnit, SourceMap, Tree } from '@flotilla/model';
import { parseEnvironment } from '@flotilla/model';

import type { EnvironmentRule, TreeRule } from '../src/rules/rule.ts';

export const DIGEST = `sha256:${'1'.repeat(64)}`;
/** A pinned image for what is not about images. */
const IMAGE = `ghcr.io/example/app:1.2.3@${DIGEST}`;

const SERVERS = ['a', 'b', 'c'].map(
  (name, index) => `  ${name}: { host: 192.0.2.${index + 1}, cpus: 2, memory: 4GiB }`,
);

/** Gives the text of an environment with three servers, unless others are named. Lines are indented by the caller. */
export function fleet(parts: { services: string; servers?: string; rest?: string }): string {
  return [
    'environment: test',
    'servers:',
    parts.servers ?? SERVERS.join('\n'),
    'services:',
    parts.services.replaceAll('IMAGE', IMAGE),
    parts.rest ?? '',
  ].join('\n');
}

/** Gives the environment of a text that the parser accepts. */
export function parse(text: string): { environment: Environment; sources: SourceMap } {
  const parsed = parseEnvironment({ entry: 'environments/test/environment.yaml', read: () => text });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings, undefined, 2));
  return parsed;
}

/** Gives what a rule finds in a text, as `CODE line:column`. */
export function found(rule: EnvironmentRule, text: string): readonly string[] {
  return rule.check(parse(text)).map(({ code, at }) => `${code} ${at.line}:${at.column}`);
}

/** Gives what a rule finds in a text and a tree, as `CODE line:column`. */
export function foundInTree(
  rule: TreeRule,
  text: string,
  rest: { tree: Tree; secretHashes?: Readonly<Record<string, string>> },
): readonly string[] {
  return rule.check({ ...parse(text), ...rest }).map(({ code, at }) => `${code} ${at.line}:${at.column}`);
}

/** Gives `line:column` of the last `needle` in a text. */
export function place(text: string, needle: string): string {
  const index = text.lastIndexOf(needle);
  if (index === -1) throw new Error(`"${needle}" is not in the text`);
  const before = text.slice(0, index).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Gives a unit with what a test is about; everything else is as plain as can be. */
export function unit(parts: Partial<ServiceUnit> & Pick<ServiceUnit, 'service'>): ServiceUnit {
  return {
    server: 'a',
    kind: 'app',
    tier: 'stateless',
    image: IMAGE,
    publishes: [],
    memoryBytes: 0,
    cpus: undefined,
    after: [],
    drains: [],
    gates: [],
    secretEnv: [],
    secretFiles: [],
    directories: [],
    hash: 'h',
    runHash: 'r',
    ...parts,
  };
}

/** Gives a tree whose servers hold these units and no files. */
export function treeOf(servers: Readonly<Record<string, readonly ServiceUnit[]>>): Tree {
  const trees = Object.entries(servers).map(([server, units]): ServerTree => ({
    server,
    files: [],
    units,
    digest: 'd',
  }));
  return { environment: 'test', servers: trees, digest: 't' };
}
