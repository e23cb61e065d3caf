import type { IncomingMessage } from 'node:http';

const LIMIT_BYTES = 10_000;
const LIMIT_CHARACTERS = 1_000;

/** What was asked to be written. `isForm` tells a browser's form from a program. */
export type Asked = { readonly text: string | undefined; readonly isForm: boolean };

/** Gives the text in a body, as JSON `{"text": …}` or as a form; `undefined` when there is none, or more than 1000 characters. */
export async function readEntry(request: IncomingMessage): Promise<Asked> {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // A request that is left early must stay open, because the answer travels on the same connection.
  const incoming: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of incoming) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > LIMIT_BYTES) return { text: undefined, isForm };
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  const text = isForm ? new URLSearchParams(body).get('text') : textIn(body);
  const isGood = typeof text === 'string' && text.trim() !== '' && text.length <= LIMIT_CHARACTERS;
  return { text: isGood ? text : undefined, isForm };
}

function textIn(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'text' in parsed ? parsed.text : undefined;
  } catch {
    return undefined;
  }
}
