import type { IncomingMessage } from 'node:http';

/** A request body past its limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Gives the chunks of a request's body, and throws `BodyTooLarge` as soon as they exceed the limit. */
export async function* limitedBody(request: IncomingMessage, limitBytes: number): AsyncGenerator<Uint8Array> {
  const refusal = new BodyTooLarge(`the body is larger than ${limitBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw refusal;
  let sizeBytes = 0;
  // A request that is left early must stay open, because the answer travels on the same connection.
  const chunks: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) throw refusal;
    yield chunk;
  }
}

/** Gives the waybill number in a scan's body, as JSON `{"number": …}` or as a form. */
export async function scannedNumber(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitedBody(request, 10_000)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (!text.trimStart().startsWith('{')) return new URLSearchParams(text).get('number') ?? undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'number' in parsed ? String(parsed.number) : undefined;
  } catch {
    return undefined;
  }
}
