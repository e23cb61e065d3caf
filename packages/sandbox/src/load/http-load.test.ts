import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';

import { systemClock } from '@flotilla/exec';
import { afterEach, describe, expect, it } from 'vitest';

import { httpLoad } from './http-load.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** Serves on a free port until enough requests came, and gives the load's report. */
async function loadOn(listener: RequestListener, wanted: number) {
  const enough = Promise.withResolvers<void>();
  let count = 0;
  server = createServer((request, response) => {
    count += 1;
    if (count === wanted) enough.resolve();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('no port');
  const load = httpLoad({ url: `http://127.0.0.1:${address.port}/`, lanes: 2, intervalMs: 1, clock: systemClock() });
  await enough.promise;
  return load.stop();
}

describe('httpLoad', () => {
  it('counts no failure where every answer is 2xx', async () => {
    const report = await loadOn((_, response) => response.end('well'), 20);
    expect(report.failed).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(20);
  });

  it('counts every answer that is not 2xx', async () => {
    const report = await loadOn((_, response) => response.writeHead(503).end(), 20);
    expect(report.failed).toHaveLength(report.requests);
    expect(report.failed[0]?.reason).toBe('status 503');
  });

  it('counts a connection that is closed without an answer', async () => {
    const report = await loadOn((request) => request.socket.destroy(), 4);
    expect(report.failed.length).toBeGreaterThan(0);
    expect(report.failed).toHaveLength(report.requests);
  });

  it('counts an answer that breaks off', async () => {
    const report = await loadOn((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => request.socket.destroy());
    }, 4);
    expect(report.failed).toHaveLength(report.requests);
  });

  it('sends again, as browsers do, when a kept connection is closed before the answer', async () => {
    let answered = false;
    const report = await loadOn((request, response) => {
      answered = !answered;
      if (request.headers.cookie === undefined || answered) response.setHeader('set-cookie', 'A=1').end('well');
      else request.socket.destroy();
    }, 40);
    expect(report.resent).toBeGreaterThan(0);
  });

  it('keeps the cookies of half the lanes, and tells their values', async () => {
    const seen = new Set<string | undefined>();
    const report = await loadOn((request, response) => {
      seen.add(request.headers.cookie);
      response.setHeader('set-cookie', 'SERVERID=app1; path=/').end('well');
    }, 20);
    expect(seen).toEqual(new Set([undefined, 'SERVERID=app1']));
    expect(report.cookies).toEqual({ SERVERID: ['app1'] });
  });
});
