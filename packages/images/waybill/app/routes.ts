import type { IncomingMessage, ServerResponse } from 'node:http';

import type pg from 'pg';

import { BodyTooLarge, limitedBody, scannedNumber } from './body.ts';
import type { Config } from './config.ts';
import { UnreadableUpload } from './csv.ts';
import { answers, isAway, waitOutFailover } from './database.ts';
import { errorText, log } from './log.ts';
import { countWarehouse } from './overview.ts';
import { renderPage } from './page.ts';
import { SESSION_COOKIE, visit } from './sessions.ts';
import { receiveUpload, scan } from './waybills.ts';

const UPLOAD_LIMIT_BYTES = 100 * 1024 * 1024;
const HEALTH_DEADLINE_MS = 1_000;

/** What the routes share. */
export type App = {
  readonly config: Config;
  readonly pool: pg.Pool;
  /** False until the schema is up to date. */
  readonly isStarted: () => boolean;
  /** True once no new connection is taken. */
  readonly isStopping: () => boolean;
};

type Reply = { readonly status: number; readonly type: string; readonly body: string; readonly cookie?: string };

/** Answers one request; never throws. */
export async function answer(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await replyTo(app, request).catch((error: unknown) => failure(request, error));
  if (response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
    'x-waybill-server': app.config.server,
    'x-waybill-release': app.config.release,
    ...(reply.cookie === undefined ? {} : { 'set-cookie': reply.cookie }),
    ...(app.isStopping() ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
  // The rest of a refused body is read and dropped: a client that is cut off while it sends does not see the answer.
  request.resume();
}

async function replyTo(app: App, request: IncomingMessage): Promise<Reply> {
  const path = (request.url ?? '/').split('?', 1)[0];
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  switch (`${method} ${path}`) {
    case 'GET /health':
      return await health(app);
    case 'GET /ready':
      return await ready(app);
    case 'GET /':
      return await page(app, request);
    case 'POST /scan':
      return await scanned(app, request);
    case 'POST /upload':
      return json(200, await receiveUpload(app.pool, limitedBody(request, UPLOAD_LIMIT_BYTES)));
    default:
      return json(404, { error: 'There is no such page.' });
  }
}

/**
 * The balancer's question. A database that is away makes it no worse: otherwise a failover would take every application server
 * out of rotation at once, and requests that could wait a second for the new primary would fail.
 */
async function health({ config, pool, isStarted }: App): Promise<Reply> {
  if (config.isBroken) return text(500, 'broken: this release was made to fail\n');
  if (!isStarted()) return text(503, 'starting: the database was not reached yet\n');
  const isReachable = await answers(pool, HEALTH_DEADLINE_MS);
  return text(200, `healthy\ndatabase: ${isReachable ? 'ok' : 'away'}\nrelease: ${config.release}\n`);
}

async function ready({ config, pool, isStarted }: App): Promise<Reply> {
  const isReady = !config.isBroken && isStarted() && (await answers(pool, HEALTH_DEADLINE_MS));
  return isReady ? text(200, 'ready\n') : text(503, 'not ready\n');
}

async function page({ config, pool }: App, request: IncomingMessage): Promise<Reply> {
  const { session, overview } = await waitOutFailover(async () => ({
    overview: await countWarehouse(pool),
    session: await visit(pool, request.headers.cookie, config.server),
  }));
  const { server, release } = config;
  const cookie = `${SESSION_COOKIE}=${session.id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800`;
  if (request.headers.accept?.startsWith('application/json') === true) {
    return { ...json(200, { server, release, counter: session.counter, ...overview }), cookie };
  }
  const body = renderPage({ server, release, session, overview });
  return { status: 200, type: 'text/html; charset=utf-8', body, cookie };
}

async function scanned({ config, pool }: App, request: IncomingMessage): Promise<Reply> {
  const number = await scannedNumber(request);
  if (number === undefined || number.trim() === '') return json(400, { error: 'A scan needs a waybill number.' });
  const found = await waitOutFailover(() => scan(pool, number, config.server));
  return found ? json(200, found) : json(404, { error: `There is no waybill ${number}.` });
}

function failure(request: IncomingMessage, error: unknown): Reply {
  if (error instanceof BodyTooLarge) return json(413, { error: 'The file is larger than 100 MiB.' });
  if (error instanceof UnreadableUpload) return json(400, { error: `The file cannot be read: ${error.message}.` });
  log('request-failed', { method: request.method, url: request.url, error: errorText(error) });
  if (isAway(error)) return json(503, { error: 'The database is away. Nothing was stored; please try again.' });
  return json(500, { error: 'Something went wrong. Nothing was stored.' });
}

function json(status: number, value: object): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body };
}
