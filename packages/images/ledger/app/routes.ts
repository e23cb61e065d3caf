import type { IncomingMessage, ServerResponse } from 'node:http';

import { readEntry } from './body.ts';
import type { Config } from './config.ts';
import { errorText, log } from './log.ts';
import { renderPage } from './page.ts';
import type { Store } from './store.ts';

const SHOWN_ENTRIES = 50;

/** What the routes share. */
export type App = { readonly config: Config; readonly store: Store };

type Reply = { readonly status: number; readonly type: string; readonly body: string; readonly location?: string };

/** Answers one request; never throws. */
export async function answer(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await replyTo(app, request).catch((error: unknown) => {
    log('request-failed', { method: request.method, url: request.url, error: errorText(error) });
    return json(503, { error: `The database did not answer: ${errorText(error)}.` });
  });
  if (response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
    'x-ledger-server': app.config.server,
    'x-ledger-release': app.config.release,
    ...(reply.location === undefined ? {} : { location: reply.location }),
  });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
  request.resume();
}

async function replyTo(app: App, request: IncomingMessage): Promise<Reply> {
  const path = (request.url ?? '/').split('?', 1)[0];
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  switch (`${method} ${path}`) {
    case 'GET /health':
      await app.store.newest(1);
      return { status: 200, type: 'text/plain; charset=utf-8', body: `healthy\nrelease: ${app.config.release}\n` };
    case 'GET /entries':
      return json(200, { entries: await app.store.newest(SHOWN_ENTRIES) });
    case 'POST /entries':
      return await write(app, request);
    case 'GET /':
      return await page(app);
    default:
      return json(404, { error: 'There is no such page.' });
  }
}

async function write({ store }: App, request: IncomingMessage): Promise<Reply> {
  const { text, isForm } = await readEntry(request);
  if (text === undefined) return json(400, { error: 'An entry needs a text of 1 to 1000 characters.' });
  const number = await store.append(text);
  return { ...json(isForm ? 303 : 201, { number, text }), ...(isForm ? { location: '/' } : {}) };
}

/** The page is there to be looked at while a database moves, so it is shown with what could be asked. */
async function page({ config, store }: App): Promise<Reply> {
  const { server, release, database } = config;
  const [entries, primary] = await Promise.all([
    store.newest(SHOWN_ENTRIES).catch(() => undefined),
    store.primary().catch(() => undefined),
  ]);
  const body = renderPage({ server, release, kind: database.kind, entries, primary });
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

function json(status: number, value: object): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}
