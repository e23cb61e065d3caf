import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';

import type { ScalarNode } from './node.ts';

/** Every plain scalar that is not text begins with one of these: a sign, a digit, a dot, or a letter of null, true, false. */
const NOT_TEXT = /^(?:[-+.0-9~nNtTfF]|$)/;

/** Gives the value of an unquoted scalar by the core schema of YAML 1.2: `no` and `02:00` are text, `0x10` is 16. */
export function plainScalar(text: string): ScalarNode['value'] {
  if (!NOT_TEXT.test(text)) return text;
  for (const tag of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag] as const) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return text;
}
