import { findSecrets, isPlaceholder, isSecretName } from '@flotilla/validators';

/** Replaces secrets in texts. Equal ones get equal words and others others, so that a change is seen and no value is. */
export type Mask = (text: string) => string;

/**
 * `key: value`, `key=value`, `- key=value`, `"key": "value"`, each with what stands before the value. Names are bounded,
 * so that a line of a megabyte costs no more than its length.
 */
const ASSIGNMENT = /^(\s*(?:- )?["']?(?:[\w.-]{0,80}[\s.])?([A-Za-z_][\w.-]{0,80})["']?\s{0,8}[:=]\s*)(\S.*)$/;
const BLOCK = /^[|>][+-]?\d*\s*$/;
const PRIVATE_KEY_END = /-----END [A-Z ]{0,40}PRIVATE KEY-----/;

/** Gives a mask with a memory of its own: words are numbered in the order in which secrets are met. */
export function createMask(): Mask {
  const words = new Map<string, string>();
  const wordFor = (secret: string): string => {
    const known = words.get(secret);
    if (known !== undefined) return known;
    const word = `(hidden ${words.size + 1})`;
    words.set(secret, word);
    return word;
  };
  return (text) => maskLines(text.split('\n'), wordFor).join('\n');
}

type WordFor = (secret: string) => string;

/** What of the following lines belongs to a secret that began above them. */
type Open = { readonly kind: 'none' } | { readonly kind: 'block'; readonly indent: number } | { readonly kind: 'key' };

function maskLines(lines: readonly string[], wordFor: WordFor): readonly string[] {
  let open: Open = { kind: 'none' };
  return lines.map((line) => {
    if (open.kind === 'key') {
      if (PRIVATE_KEY_END.test(line)) open = { kind: 'none' };
      return wordFor(line);
    }
    if (open.kind === 'block') {
      const indent = indentOf(line);
      if (line.trim() === '') return line;
      if (indent > open.indent) return `${line.slice(0, indent)}${wordFor(line.slice(indent))}`;
    }
    open = opens(line);
    return maskLine(line, wordFor);
  });
}

function opens(line: string): Open {
  if (/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(line) && !PRIVATE_KEY_END.test(line)) return { kind: 'key' };
  const [, , key = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
  return isSecretName(key) && BLOCK.test(value) ? { kind: 'block', indent: indentOf(line) } : { kind: 'none' };
}

function maskLine(line: string, wordFor: WordFor): string {
  const [, before = '', key = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
  if (isSecretName(key) && !BLOCK.test(value)) {
    const bare = unquote(value);
    if (!isPlaceholder(bare.replace(/^\$\$/, '$'))) return `${before}${wordFor(bare)}`;
  }
  let masked = '';
  let from = 0;
  for (const { start, end } of findSecrets(line)) {
    if (start < from) continue;
    masked += line.slice(from, start) + wordFor(line.slice(start, end));
    from = end;
  }
  return masked + line.slice(from);
}

function unquote(value: string): string {
  const match = /^(["'])(.*)\1,?\s*$/.exec(value);
  return match?.[2] ?? value;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
