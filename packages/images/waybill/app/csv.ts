/** One accepted row of an upload. */
export type WaybillRow = { readonly number: string; readonly consignee: string };

const NUMBER = /^[A-Za-z0-9][A-Za-z0-9-]{3,39}$/;
const HEADER = /^"?(waybill|number|waybill number)"?\s*(,|$)/i;
/** No row of ours is this long; a file without line breaks must not fill the memory. */
const LINE_LIMIT = 10_000;

/** An upload that is not what it says it is. */
export class UnreadableUpload extends Error {
  override readonly name = 'UnreadableUpload';
}

/** Gives the lines of a stream of bytes, without their ends and without empty ones. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT) throw new UnreadableUpload(`a line is longer than ${LINE_LIMIT} characters`);
    for (const line of lines) if (line.trim() !== '') yield line.trim();
  }
  if (rest.trim() !== '') yield rest.trim();
}

/** Tells whether the first line of a file names its columns. */
export function isHeader(line: string): boolean {
  return HEADER.test(line);
}

/** Gives the waybill number and the consignee in a line, or `undefined` when it has no valid number. */
export function parseRow(line: string): WaybillRow | undefined {
  const [number = '', consignee = ''] = line.split(',', 2).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  return NUMBER.test(number) ? { number: number.toUpperCase(), consignee } : undefined;
}
