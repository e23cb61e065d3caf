import { boundFindings, FINDING_LIMIT } from './bound-findings.ts';
import { finding } from './errors.ts';
import type { Finding, SourceMap } from './finding.ts';
import { issueFindings } from './issues.ts';
import type { Issue } from './issues.ts';
import { loadLayers } from './layers.ts';
import type { ReadText } from './layers.ts';
import { environmentSchema } from './schema.ts';
import type { Environment } from './schema.ts';
import { locate, plainValue, positionOf } from './yaml/node.ts';
import type { MapNode } from './yaml/node.ts';

/** What came of an environment's files: the environment with the places of its values, or everything that is wrong. */
export type ParsedEnvironment =
  | {
      readonly kind: 'parsed';
      readonly environment: Environment;
      readonly sources: SourceMap;
      /** Every file read, the entry first, then what it extends in order. */
      readonly files: readonly string[];
    }
  /** Never empty; sorted by place. */
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

/** Where an environment is read from. */
export type EnvironmentInput = {
  /** Path of the environment's `environment.yaml`, relative to the root that `read` knows. */
  readonly entry: string;
  /** Gives a file's text, decoded as UTF-8, or `undefined` when there is none. Called with paths inside of the root only. */
  readonly read: ReadText;
};

/**
 * Gives the environment that a file describes, laid over what it `extends`, with every default applied.
 * @example parseEnvironment({ entry: 'environments/waybill/environment.yaml', read: (path) => texts.get(path) })
 */
export function parseEnvironment({ entry, read }: EnvironmentInput): ParsedEnvironment {
  const layers = loadLayers(entry, read);
  if (layers.kind === 'invalid')
    return { kind: 'invalid', findings: boundFindings(layers.findings, { file: entry, line: 1, column: 1 }) };
  const { root, files } = layers;
  const result = validate(root);
  if (result.kind === 'invalid') return result;
  return { kind: 'parsed', environment: result.environment, sources: sourceMap(root), files };
}

type Validated =
  | { readonly kind: 'valid'; readonly environment: Environment }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

function validate(root: MapNode): Validated {
  const at = positionOf(root.mark);
  try {
    const result = environmentSchema.safeParse(plainValue(root));
    if (result.success) return { kind: 'valid', environment: result.data };
    return { kind: 'invalid', findings: boundFindings(allFindings(root, result.error.issues), at) };
  } catch (error) {
    // zod passes issues on as arguments, and some ten thousands of them are more than a call can take.
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'invalid', findings: [finding('MODEL_TOO_MANY_FAULTS', { limit: FINDING_LIMIT }, at)] };
  }
}

function* allFindings(root: MapNode, issues: Iterable<Issue>): Generator<Finding> {
  for (const issue of issues) yield* issueFindings(issue, { root, schema: environmentSchema, path: [] });
}

function sourceMap(root: MapNode): SourceMap {
  return {
    valueAt: (path) => positionOf(locate(root, path).node.mark),
    keyAt: (path) => positionOf(locate(root, path).key),
  };
}
