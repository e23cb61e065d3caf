import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Orders } from './orders.ts';
import type { Watch } from './watch.ts';

const LIMIT_BYTES = 64 * 1024;
const DEFAULT_LAG_MS = 10_000;

/** One guarded service, as the two servers below see it. */
export type Served = { readonly watch: Watch; readonly orders: Orders };

type Answer = { readonly status: number; readonly body: unknown };

/** Gives the server of the role endpoints: read-only, from memory. It does not listen yet. */
export function createRoleServer(services: ReadonlyMap<string, Served>): Server {
  return createServer((request, response) => {
    request.resume();
    const isRead = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    send(response, isRead ? answerRole(services, request.url ?? '/') : { status: 405, body: { reason: 'read-only' } });
  });
}

function answerRole(services: ReadonlyMap<string, Served>, target: string): Answer {
  const url = parseTarget(target);
  if (url?.pathname === '/health') return { status: 200, body: { services: [...services.keys()] } };
  const [, name, question] = url?.pathname.split('/') ?? [];
  const watch = services.get(name ?? '')?.watch;
  if (url === undefined || watch === undefined) return { status: 404, body: { reason: 'no such service' } };
  switch (question ?? '') {
    case 'primary':
      return yesOrNo(watch.isOpenPrimary, watch);
    case 'replica':
      return yesOrNo(watch.isFreshReplica(lagOf(url)), watch);
    case 'status':
      return { status: 200, body: watch.status() };
    case 'record':
      return { status: 200, body: watch.record };
    default:
      return { status: 404, body: { reason: 'no such question' } };
  }
}

function parseTarget(target: string): URL | undefined {
  return URL.parse(target, 'http://guard') ?? undefined;
}

function lagOf(url: URL): number {
  const text = url.searchParams.get('lag') ?? '';
  return /^\d+$/.test(text) ? Number(text) : DEFAULT_LAG_MS;
}

function yesOrNo(isYes: boolean, watch: Watch): Answer {
  return { status: isYes ? 200 : 503, body: { verdict: watch.verdict } };
}

/** Gives the server of the control socket: orders from who has a shell on this server. It does not listen yet. */
export function createControlServer(services: ReadonlyMap<string, Served>): Server {
  return createServer((request, response) => {
    answerOrder(services, request)
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        send(response, {
          status: 500,
          body: { code: 'INTERNAL', reason: error instanceof Error ? error.message : '' },
        });
      });
  });
}

async function answerOrder(services: ReadonlyMap<string, Served>, request: IncomingMessage): Promise<Answer> {
  const target = request.url ?? '/';
  if (request.method === 'GET') return answerRole(services, target);
  const [, name, order] = parseTarget(target)?.pathname.split('/') ?? [];
  const orders = services.get(name ?? '')?.orders;
  if (orders === undefined || order === undefined) return { status: 404, body: { reason: 'no such service' } };
  const body = await readBody(request);
  if (body === undefined) return { status: 400, body: { code: 'BAD_ORDER', reason: 'the body is not JSON' } };
  const { kind, ...reply } = await orders(order, body);
  if (kind === 'done') return { status: 200, body: reply };
  return { status: 'code' in reply && reply.code === 'BAD_ORDER' ? 400 : 409, body: reply };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // A stream without an encoding yields buffers.
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LIMIT_BYTES) return undefined;
  }
  try {
    const text = Buffer.concat(chunks).toString();
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
