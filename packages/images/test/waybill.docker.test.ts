import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const DB = { DB_HOST: 'database', DB_DATABASE: 'warehousedb', DB_USERNAME: 'warehousedb', DB_PASSWORD: 'secret' };

let bench: Bench;
let image: string;
let database: string;
let app1: { readonly id: string; readonly url: string };
let app2: { readonly id: string; readonly url: string };

async function startApp(server: string, of = image): Promise<{ readonly id: string; readonly url: string }> {
  const id = await bench.start({ image: of, env: { ...DB, SERVER_NAME: server }, publish: 3000 });
  return { id, url: (await bench.address(id, 3000)).url };
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, { signal: AbortSignal.timeout(20_000), ...init });
}

async function isReady(url: string): Promise<boolean> {
  return (await ask(`${url}/ready`)).status === 200;
}

function* rowsOf(prefix: string, count: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('number,consignee\n');
  for (let row = 0; row < count; row += 1) yield encoder.encode(`${prefix}-${row},"Consignee ${row % 7}"\n`);
}

async function* slowRows(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('SLOW-1,first\n');
  // The stop must arrive while the request is under way.
  await sleep(1_500);
  yield Buffer.from('SLOW-2,second\n');
}

async function upload(url: string, body: ReadableStream | string): Promise<Response> {
  return await ask(`${url}/upload`, { method: 'POST', body, duplex: 'half' });
}

async function scan(url: string, number: string): Promise<Response> {
  return await ask(`${url}/scan`, { method: 'POST', body: JSON.stringify({ number }) });
}

beforeAll(async () => {
  bench = await openBench();
  const postgres = await bench.image('postgres');
  image = await bench.image({ name: 'waybill', version: '9.9.1' });
  // The applications start first: they have to wait for their database.
  app1 = await startApp('app1');
  app2 = await startApp('app2');
  await bench.start({ image, env: { ...DB, SERVER_NAME: 'queue1' }, command: ['worker'] });
  await bench.until('the port', async () => (await ask(`${app1.url}/health`)).status === 503);
  const env = { POSTGRES_USER: 'warehousedb', POSTGRES_PASSWORD: 'secret' };
  database = await bench.start({ image: postgres, env, alias: 'database' });
  await bench.until('both applications', async () => (await isReady(app1.url)) && (await isReady(app2.url)));
});

afterAll(async () => {
  await bench.close();
});

describe('sessions', () => {
  it('continue on the other server', async () => {
    const first = await ask(app1.url);
    const cookie = /waybill_session=[0-9a-f]{32}/.exec(first.headers.get('set-cookie') ?? '')?.[0] ?? '';
    expect(await first.text()).toContain('<b id="counter">1</b>');
    const second = await ask(app2.url, { headers: { cookie, accept: 'application/json' } });
    expect(await second.json()).toMatchObject({ counter: 2, server: 'app2', release: '9.9.1' });
  });

  it('do not take an identity that a client made up', async () => {
    const cookie = `waybill_session=${'0'.repeat(32)}`;
    const response = await ask(app1.url, { headers: { cookie } });
    expect(response.headers.get('set-cookie')).not.toContain(cookie);
  });
});

describe('uploads and scans', () => {
  it('store a file, count what it held, and leave a job that the worker does', async () => {
    const response = await upload(app1.url, ReadableStream.from(rowsOf('UP', 2_500)));
    expect(await response.json()).toMatchObject({ rows: 2_500, inserted: 2_500, known: 0, invalid: 0 });
    await bench.until('the job', async () => (await (await ask(app2.url)).text()).includes('last job done by queue1'));
    const state = await ask(app2.url, { headers: { accept: 'application/json' } });
    expect(await state.json()).toMatchObject({ queued: 0, waybills: 2_500, uploads: 1 });
  });

  it('tell known rows and invalid ones apart', async () => {
    const response = await upload(app2.url, 'UP-1,again\nKN-1,first\n?,bad\n\nKN-1,twice\n');
    expect(await response.json()).toMatchObject({ rows: 4, inserted: 1, known: 2, invalid: 1 });
  });

  it('find a waybill on every server and count its scans', async () => {
    expect(await (await scan(app1.url, 'up-1')).json()).toEqual({ number: 'UP-1', consignee: 'Consignee 1', scans: 1 });
    expect(await (await scan(app2.url, ' UP-1 ')).json()).toMatchObject({ scans: 2 });
    expect((await scan(app1.url, 'UP-999999')).status).toBe(404);
    expect((await ask(`${app1.url}/scan`, { method: 'POST', body: '{' })).status).toBe(400);
  });

  it('store nothing of a file past 100 MiB', async () => {
    const chunk = Buffer.from(`BIG-1,${'x'.repeat(9_980)}\n`.repeat(100));
    const chunks = ReadableStream.from(Array.from({ length: 110 }, () => chunk));
    expect((await upload(app1.url, chunks)).status).toBe(413);
    expect((await scan(app1.url, 'BIG-1')).status).toBe(404);
  });
});

describe('a database that goes away', () => {
  it('leaves the application in rotation, and a visitor waits for its return', async () => {
    await bench.docker('stop', database);
    const health = await ask(`${app1.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.text()).toContain('database: away');
    expect((await ask(`${app1.url}/ready`)).status).toBe(503);
    const waiting = ask(app1.url);
    await bench.docker('start', database);
    expect((await waiting).status).toBe(200);
    await bench.until('health', async () => (await (await ask(`${app1.url}/health`)).text()).includes('database: ok'));
  });
});

describe('a stop', () => {
  it('lets a running upload finish', async () => {
    const app = await startApp('app3');
    await bench.until('the third application', () => isReady(app.url));
    const running = upload(app.url, ReadableStream.from(slowRows()));
    await sleep(500);
    const stopping = bench.docker('stop', '--time', '20', app.id);
    expect(await (await running).json()).toMatchObject({ inserted: 2 });
    expect((await stopping).durationMs).toBeLessThan(8_000);
    expect((await bench.docker('wait', app.id)).stdout.trim()).toBe('0');
  });
});

it('a broken release starts and fails its health check', async () => {
  const broken = await startApp('app4', await bench.image({ name: 'waybill', version: '9.9.2', broken: true }));
  const health = await bench.until('its port', () => ask(`${broken.url}/health`));
  expect(health.status).toBe(500);
  expect(health.headers.get('x-waybill-release')).toBe('9.9.2');
});
