import { Agent, request } from 'node:http';

import { parseStatus } from '../store/parse.ts';
import type { PeerRead } from '../policy/view.ts';

/** Longest answer that is read of a peer, in bytes. */
const LIMIT_BYTES = 256 * 1024;

/** Asks one peer about one service; `undefined` when it does not answer in time or not as a guard would. Never throws. */
export type AskPeer = (question: {
  readonly server: string;
  readonly service: string;
}) => Promise<PeerRead | undefined>;

/** Gives the way to ask peers over HTTP. Connections are kept. */
export function httpPeers(options: {
  readonly servers: Readonly<Record<string, string>>;
  readonly port: number;
  readonly timeoutMs: number;
}): AskPeer {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return async ({ server, service }) => {
    const host = options.servers[server];
    if (host === undefined) return undefined;
    const path = `/${encodeURIComponent(service)}/status`;
    const text = await get({ agent, host, port: options.port, path, timeoutMs: options.timeoutMs });
    try {
      return text === undefined ? undefined : parseStatus(JSON.parse(text), { server, service });
    } catch {
      return undefined;
    }
  };
}

type Get = {
  readonly agent: Agent;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
};

function get({ agent, host, port, path, timeoutMs }: Get): Promise<string | undefined> {
  return new Promise((resolve) => {
    // The signal bounds the whole exchange; a socket timeout would start again with each byte.
    const signal = AbortSignal.timeout(timeoutMs);
    const call = request({ agent, host, port, path, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > LIMIT_BYTES) call.destroy();
        else chunks.push(chunk);
      });
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined));
      response.on('error', () => resolve(undefined));
      response.on('close', () => resolve(undefined));
    });
    call.on('error', () => resolve(undefined));
    call.end();
  });
}
