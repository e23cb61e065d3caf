import type { z } from 'zod';

import type { Path } from './finding.ts';
import { clip, describeNode } from './yaml/node.ts';
import type { YamlNode } from './yaml/node.ts';

/** Names of types as the schema's library has them, in words. */
const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

/** Gives the words for a type of the schema's library. */
export function typeWords(expected: string): string {
  return EXPECTED[expected] ?? expected;
}

/** Gives what a message of our schema expects; `undefined` for the library's messages, which do not begin with "expected". */
export function expectation(message: string | undefined): string | undefined {
  return message?.startsWith('expected ') === true ? message.slice('expected '.length) : undefined;
}

/** Writes a path as people do: `services.web.uses[0]`. */
export function describePath(path: Path): string {
  if (path.length === 0) return 'the environment';
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${clip(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** Gives what to write instead, where that is plain from what was written. */
export function typeAdvice(expected: string, node: YamlNode): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (node.value === null) return 'write a value, or remove the key; null only removes what an extended file has';
  if (expected === 'a list') return `write [${describeNode(node)}]`;
  if (expected === 'text') return `quote it: "${String(node.value)}"`;
  const isQuotedNumber = typeof node.value === 'string' && /^-?\d+(?:\.\d+)?$/.test(node.value);
  return expected.endsWith('number') && isQuotedNumber ? `remove the quotes: ${node.value}` : undefined;
}

/** Gives the bound that a value went beyond, in words. */
export function rangeWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isSmall = issue.code === 'too_small';
  const bound = String(isSmall ? issue.minimum : issue.maximum);
  if (issue.origin === 'array')
    return `${isSmall ? 'at least' : 'at most'} ${bound} ${bound === '1' ? 'entry' : 'entries'}`;
  if (issue.origin === 'string') return `${isSmall ? 'at least' : 'at most'} ${bound} characters`;
  if (issue.inclusive === false) return `a number ${isSmall ? 'above' : 'below'} ${bound}`;
  return `a number of ${isSmall ? 'at least' : 'at most'} ${bound}`;
}
