import type { Position, ReadText, SourceMap } from '@flotilla/model';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A change of the preferred primary, as it stands in an environment's files. */
export type PrimaryChange = {
  readonly service: string;
  /** The servers as written: the preferred primary, then its replicas. */
  readonly primary: string;
  readonly replicas: readonly string[];
  /** Replica that is to be the preferred primary. */
  readonly to: string;
  readonly sources: SourceMap;
  readonly read: ReadText;
};

type Edit = { readonly at: Position; readonly was: string; readonly is: string };

/**
 * Gives the change as a patch for `git apply`: `primary:` and the replica trade places where they stand, and nothing else changes.
 * `undefined` when the words are not found there, such as behind an alias.
 */
export function primaryPatch({ service, primary, replicas, to, sources, read }: PrimaryChange): string | undefined {
  const place = ['services', service];
  const edits: readonly Edit[] = [
    { at: sources.valueAt([...place, 'primary']), was: primary, is: to },
    { at: sources.valueAt([...place, 'replicas', replicas.indexOf(to)]), was: to, is: primary },
  ];
  const files = [...new Set(edits.map(({ at }) => at.file))];
  const patches = files.map((file) =>
    patchFile(
      file,
      read(file),
      edits.filter(({ at }) => at.file === file),
    ),
  );
  return patches.includes(undefined) ? undefined : patches.join('');
}

function patchFile(file: string, text: string | undefined, edits: readonly Edit[]): string | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  // From the end of the line, so that an edit does not move the next one.
  for (const { at, was, is } of edits.toSorted((left, right) => right.at.column - left.at.column)) {
    const edited = editLine(lines[at.line - 1] ?? '', { column: at.column, was, is });
    if (edited === undefined) return undefined;
    lines[at.line - 1] = edited;
  }
  const header = { headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, text, lines.join('\n'), undefined, undefined, header);
}

/** The word may stand in quotation marks; what follows must not belong to it. */
function editLine(
  line: string,
  { column, was, is }: { readonly column: number; readonly was: string; readonly is: string },
) {
  const before = line.slice(0, column - 1);
  const found = /^(["']?)([A-Za-z0-9-]+)\1(?![A-Za-z0-9-])/.exec(line.slice(column - 1));
  if (found === null || found[2] !== was) return undefined;
  const [whole, quote = ''] = found;
  return `${before}${quote}${is}${quote}${line.slice(before.length + whole.length)}`;
}
