import { describe, expect, it } from 'vitest';

import { isHeader, linesOf, parseRow, UnreadableUpload } from './csv.ts';

async function lines(...chunks: readonly string[]): Promise<readonly string[]> {
  const encoder = new TextEncoder();
  const found: string[] = [];
  for await (const line of linesOf(ReadableStream.from(chunks.map((chunk) => encoder.encode(chunk))))) found.push(line);
  return found;
}

describe('linesOf', () => {
  it('joins a line that two chunks share, and drops line ends and empty lines', async () => {
    expect(await lines('a,1\r\nb', ',2\n\n', 'c,3')).toEqual(['a,1', 'b,2', 'c,3']);
  });

  it('joins a character that two chunks share', async () => {
    const [start, end] = [new Uint8Array([0x61, 0xc3]), new Uint8Array([0xa9, 0x0a])];
    const found = [];
    for await (const line of linesOf(ReadableStream.from([start, end]))) found.push(line);
    expect(found).toEqual(['aé']);
  });

  it('refuses a file without line breaks before it fills the memory', async () => {
    await expect(lines('x'.repeat(9_000), 'x'.repeat(9_000))).rejects.toThrow(UnreadableUpload);
  });
});

describe('parseRow', () => {
  it('reads a number in upper case and the consignee, quoted or not', () => {
    expect(parseRow('ab-1234, "Jo" ')).toEqual({ number: 'AB-1234', consignee: 'Jo' });
    expect(parseRow('AB-1234')).toEqual({ number: 'AB-1234', consignee: '' });
  });

  it.each(['abc,short', '-abcd,leading dash', 'a b c d,spaces', ',nothing'])('refuses %s', (line) => {
    expect(parseRow(line)).toBeUndefined();
  });
});

describe('isHeader', () => {
  it('knows the names of the first column, and no waybill that begins alike', () => {
    expect(isHeader('Number,Consignee')).toBe(true);
    expect(isHeader('"Waybill"')).toBe(true);
    expect(isHeader('NUMBER-1,Jo')).toBe(false);
  });
});
