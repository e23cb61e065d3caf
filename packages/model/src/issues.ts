import type { z } from 'zod';

import { FINDING_LIMIT } from './bound-findings.ts';
import { finding } from './errors.ts';
import type { Finding, Path } from './finding.ts';
import { fieldAdvice, textAdvice } from './issue-advice.ts';
import { describePath, expectation, rangeWords, typeAdvice, typeWords } from './issue-words.ts';
import { childSchema, descriptionOf, knownKeys, knownKinds, unionOptions } from './schema-walk.ts';
import { suggest } from './suggest.ts';
import { clip, describeNode, locate, positionOf } from './yaml/node.ts';
import type { YamlNode } from './yaml/node.ts';

/** A fault as the schema's library says it. */
export type Issue = z.core.$ZodIssue;

/** Where an issue was found: the tree it was found in, and the schema and path that its own path starts from. */
export type IssueScope = { readonly root: YamlNode; readonly schema: z.core.$ZodType; readonly path: Path };

/** Gives an issue of the schema as findings, each at the value or key that it is about. */
export function issueFindings(issue: Issue, scope: IssueScope): readonly Finding[] {
  const path = fullPath(issue, scope);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, FINDING_LIMIT).map((key) => unknownKey([...path, key], scope));
    case 'invalid_union':
      return unionFindings(issue, scope);
    case 'invalid_key':
      return [invalidName(path, expectation(issue.issues[0]?.message) ?? 'another name', scope)];
    case 'invalid_type':
      return [wrongType(path, expectation(issue.message) ?? typeWords(issue.expected), scope)];
    case 'invalid_value':
      return [invalidValue(path, issue.values.map(String), scope)];
    case 'too_small':
    case 'too_big':
      return [aboutValue('MODEL_OUT_OF_RANGE', path, { scope, expected: rangeWords(issue) })];
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return [aboutValue('MODEL_INVALID_TEXT', path, { scope, expected: expectation(issue.message) ?? issue.message })];
    default:
      throw new Error(`unreachable: ${String(issue satisfies never)}`);
  }
}

function fullPath(issue: Issue, scope: IssueScope): Path {
  return [...scope.path, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
}

function schemaAt(path: Path, scope: IssueScope): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = scope.schema;
  for (let length = scope.path.length; length < path.length; length += 1) {
    const step = path[length];
    if (schema === undefined || step === undefined) return undefined;
    schema = childSchema(schema, step, locate(scope.root, path.slice(0, length)).node);
  }
  return schema;
}

function unknownKey(path: Path, scope: IssueScope): Finding {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const { node } = locate(scope.root, parent);
  const schema = schemaAt(parent, scope);
  const known = schema === undefined ? [] : knownKeys(schema, node);
  const suggestion = suggest(key, known);
  const advice = fieldAdvice(node, key);
  const facts = {
    key: clip(key),
    parent: describePath(parent),
    known,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(advice === undefined ? {} : { advice }),
  };
  return finding('MODEL_UNKNOWN_KEY', facts, positionOf(locate(scope.root, path).key));
}

function missingKey(path: Path, scope: IssueScope): Finding {
  const parent = path.slice(0, -1);
  const description = descriptionOf(schemaAt(path, scope));
  const facts = {
    key: clip(String(path.at(-1))),
    parent: describePath(parent),
    ...(description === undefined ? {} : { description }),
  };
  return finding('MODEL_MISSING_KEY', facts, positionOf(locate(scope.root, parent).key));
}

function wrongType(path: Path, expected: string, scope: IssueScope): Finding {
  const { found, node } = locate(scope.root, path);
  if (!found) return missingKey(path, scope);
  const advice = typeAdvice(expected, node);
  const facts = { path: describePath(path), expected, found: describeNode(node), ...(advice && { advice }) };
  return finding('MODEL_WRONG_TYPE', facts, positionOf(node.mark));
}

function invalidValue(path: Path, known: readonly string[], scope: IssueScope): Finding {
  const { found, node } = locate(scope.root, path);
  if (!found) return missingKey(path, scope);
  const suggestion = node.kind === 'scalar' ? suggest(String(node.value), known) : undefined;
  const advice = fieldAdvice(locate(scope.root, path.slice(0, -1)).node, String(path.at(-1)));
  const facts = {
    path: describePath(path),
    found: describeNode(node),
    known,
    ...(suggestion && { suggestion }),
    ...(advice && { advice }),
  };
  return finding('MODEL_INVALID_VALUE', facts, positionOf(node.mark));
}

function invalidName(path: Path, expected: string, scope: IssueScope): Finding {
  const facts = { key: clip(String(path.at(-1))), parent: describePath(path.slice(0, -1)), expected };
  return finding('MODEL_INVALID_NAME', facts, positionOf(locate(scope.root, path).key));
}

type Expectation = { readonly scope: IssueScope; readonly expected: string };

function aboutValue(
  code: 'MODEL_OUT_OF_RANGE' | 'MODEL_INVALID_TEXT',
  path: Path,
  { scope, expected }: Expectation,
): Finding {
  const { node } = locate(scope.root, path);
  const advice = textAdvice(expected, node);
  const facts = { path: describePath(path), expected, found: describeNode(node), ...(advice && { advice }) };
  return finding(code, facts, positionOf(node.mark));
}

/** Reports the option that was most likely meant: of the right type, with the fewest faults. */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, scope: IssueScope): readonly Finding[] {
  const path = fullPath(issue, scope);
  if ('discriminator' in issue && issue.discriminator !== undefined) return [unknownKind(path, scope)];
  if (!locate(scope.root, path).found) return [missingKey(path, scope)];
  const schema = schemaAt(path, scope);
  const candidates = issue.errors
    .map((issues, index) => ({ issues, option: schema && unionOptions(schema)[index] }))
    .filter(({ issues }) => !issues.some((one) => one.path.length === 0 && one.code === 'invalid_type'))
    .sort((left, right) => faults(left.issues) - faults(right.issues));
  const best = candidates[0];
  const expected = expectation(issue.message);
  if (best?.option === undefined) return [wrongType(path, expected ?? 'another value', scope)];
  if (best.issues.every((one) => one.path.length === 0 && one.code !== 'unrecognized_keys') && expected !== undefined) {
    return [aboutValue('MODEL_INVALID_TEXT', path, { scope, expected })];
  }
  const inner: IssueScope = { root: scope.root, schema: best.option, path };
  return best.issues.flatMap((one) => issueFindings(one, inner));
}

/** An unknown key weighs more than a missing one: what was written shows what was meant. */
function faults(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length : 1), 0);
}

function unknownKind(path: Path, scope: IssueScope): Finding {
  const { found, node } = locate(scope.root, path);
  const schema = schemaAt(path.slice(0, -1), scope);
  const known = schema === undefined ? [] : knownKinds(schema);
  if (!found) {
    const facts = { key: 'kind', parent: describePath(path.slice(0, -1)), description: `one of ${known.join(', ')}` };
    return finding('MODEL_MISSING_KEY', facts, positionOf(locate(scope.root, path.slice(0, -1)).key));
  }
  const suggestion = node.kind === 'scalar' ? suggest(String(node.value), known) : undefined;
  const facts = { path: describePath(path), found: describeNode(node), known, ...(suggestion && { suggestion }) };
  return finding('MODEL_UNKNOWN_KIND', facts, positionOf(node.mark));
}
