const HIDDEN = /(?![\t\n])[\p{Cc}\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu;

/** Gives the bytes of a text in UTF-8; never fewer than its UTF-16 code units. */
export function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}

/**
 * Gives a text that Markdown shows as it is: no tag, no link, no emphasis, no table border, no mention of a person,
 * on one line.
 */
export function plain(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@<!-- -->');
}

/** Gives a text for a place that Markdown does not look into, such as a summary. */
export function html(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Gives a code span that no backtick in the text can end; fit for a table cell. */
export function code(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${fence}${pad}${line.replaceAll('|', '\\|')}${pad}${fence}`;
}

/** Gives the length of a fence that no run of backticks in the text can close. */
export function fenceLength(text: string): number {
  return Math.max(3, longestRun(text) + 1);
}

/** Gives a text cut to so many code units, with an ellipsis where it was; never in the middle of a character. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * Gives a text in which what would hide or reorder others can be seen: control characters, and the marks that turn the
 * direction of writing. Tabs and line feeds stay.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(HIDDEN, (character) => {
    const point = character.charCodeAt(0);
    // Unicode has a picture for each of the 32 first control characters.
    return point < 0x20
      ? String.fromCharCode(0x2400 + point)
      : `<U+${point.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** Gives as many lines from the first on as fit into so many bytes. */
export function fitting(lines: readonly string[], roomBytes: number): readonly string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += sizeOf(line);
    return used > roomBytes;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

/** Gives `3 servers`, `1 server`. */
export function count(amount: number, word: string): string {
  return `${amount} ${amount === 1 ? word : `${word}s`}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
