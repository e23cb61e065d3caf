import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 600_000 });

const DATABASE = { DB_DATABASE: 'ledger', DB_USERNAME: 'ledger', DB_PASSWORD: 'secret' };

let bench: Bench;
let image: string;

beforeAll(async () => {
  bench = await openBench();
  image = await bench.image({ name: 'ledger', version: '1.0.1' });
});

afterAll(async () => {
  await bench.close();
});

type App = { readonly id: string; readonly url: string };

async function startApp(env: Readonly<Record<string, string>>): Promise<App> {
  const id = await bench.start({ image, env: { ...env, SERVER_NAME: 'app1' }, publish: 8080 });
  return { id, url: (await bench.address(id, 8080)).url };
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, { signal: AbortSignal.timeout(20_000), redirect: 'manual', ...init });
}

async function write(app: App, text: string): Promise<{ readonly status: number; readonly number: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const response = await ask(`${app.url}/entries`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  const body: unknown = await response.json();
  return {
    status: response.status,
    number: typeof body === 'object' && body !== null && 'number' in body ? body.number : undefined,
  };
}

async function texts(app: App): Promise<readonly string[]> {
  const body: unknown = await (await ask(`${app.url}/entries`)).json();
  const { entries } = body as { entries: { text: string }[] };
  return entries.map(({ text }) => text);
}

describe.each([
  {
    kind: 'postgres',
    env: { POSTGRES_USER: 'ledger', POSTGRES_DB: 'ledger', POSTGRES_PASSWORD: 'secret' },
    command: ['-c', 'cluster_name=db1'],
  },
  {
    kind: 'mysql',
    env: {
      MYSQL_DATABASE: 'ledger',
      MYSQL_USER: 'ledger',
      MYSQL_PASSWORD: 'secret',
      MYSQL_ROOT_PASSWORD: 'x',
      MYSQL_INITDB_SKIP_TZINFO: '1',
    },
    command: ['--report-host=db1'],
  },
  {
    kind: 'mariadb',
    env: {
      MARIADB_DATABASE: 'ledger',
      MARIADB_USER: 'ledger',
      MARIADB_PASSWORD: 'secret',
      MARIADB_ROOT_PASSWORD: 'x',
      MARIADB_INITDB_SKIP_TZINFO: '1',
    },
    command: ['--report-host=db1'],
  },
  { kind: 'redis', env: {}, command: ['--requirepass', 'secret', '--replica-announce-ip', 'db1'] },
] as const)('over $kind', ({ kind, env, command }) => {
  let database: string;
  let app: App;

  beforeAll(async () => {
    database = await bench.start({ image: await bench.image(kind), alias: kind, env, command });
    const login = kind === 'redis' ? { DB_PASSWORD: 'secret' } : DATABASE;
    app = await startApp({ DB_KIND: kind, DB_HOST: kind, ...login });
    await bench.until('health', async () => (await ask(`${app.url}/health`)).status === 200);
  });

  it('numbers what is written, and shows it with the name of the primary', async () => {
    expect(await texts(app)).toEqual([]);
    expect(await write(app, 'first')).toEqual({ status: 201, number: 1 });
    const form = new URLSearchParams({ text: '<second>' });
    expect((await ask(`${app.url}/entries`, { method: 'POST', body: form })).status).toBe(303);
    expect(await texts(app)).toEqual(['<second>', 'first']);
    const page = await (await ask(app.url)).text();
    expect(page).toMatch(/<td>2<\/td><td>&lt;second&gt;<\/td>/);
    expect(page).toMatch(/<b id="primary">db1<\/b>/);
  });

  it('refuses an entry without text', async () => {
    expect((await write(app, ' ')).status).toBe(400);
  });

  it('answers 503 while the database is away, still shows its page, and writes again soon after', async () => {
    await bench.docker('stop', '--time', '30', database);
    const startedAt = performance.now();
    expect((await write(app, 'lost')).status).toBe(503);
    expect((await ask(`${app.url}/health`)).status).toBe(503);
    const page = await ask(app.url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('no node takes writes')]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await bench.docker('start', database);
    await bench.until('a write', async () => (await write(app, 'again')).status === 201);
    expect((await texts(app)).slice(0, 3)).toEqual(['again', '<second>', 'first']);
  });

  it('stops when it is told', async () => {
    const stopped = await bench.docker('stop', '--time', '20', app.id);
    expect(stopped.durationMs).toBeLessThan(8_000);
    expect((await bench.docker('inspect', '-f', '{{.State.ExitCode}}', app.id)).stdout.trim()).toBe('0');
  });
});

it('follows the Sentinels to the new primary', async () => {
  const redis = await bench.image('redis');
  const auth = ['--requirepass', 'secret', '--masterauth', 'secret'];
  const primary = await bench.start({ image: redis, alias: 'one', command: auth });
  const replica = await bench.start({ image: redis, alias: 'two', command: [...auth, '--replicaof', 'one', '6379'] });
  const synced = () => bench.docker('exec', replica, 'redis-cli', '-a', 'secret', 'INFO', 'replication');
  await bench.until('the replica', async () => (await synced()).stdout.includes('master_link_status:up'));
  const config = [
    'sentinel resolve-hostnames yes',
    'sentinel monitor lab one 6379 1',
    'sentinel auth-pass lab secret',
    'sentinel down-after-milliseconds lab 1000',
    'sentinel failover-timeout lab 5000',
  ].join('\\n');
  const start = `mkdir /own && printf '${config}\\n' > /own/s.conf && exec docker-entrypoint.sh redis-sentinel /own/s.conf`;
  const sentinel = await bench.start({ image: redis, alias: 'sentinel', command: ['sh', '-c', start] });
  const known = () => bench.docker('exec', sentinel, 'redis-cli', '-p', '26379', 'SENTINEL', 'REPLICAS', 'lab');
  await bench.until('the Sentinel to see the replica', async () => (await known()).stdout.includes('slave'));
  const app = await startApp({
    DB_KIND: 'redis',
    DB_SENTINELS: 'nowhere:26379,sentinel:26379',
    DB_SENTINEL_MASTER: 'lab',
    DB_PASSWORD: 'secret',
  });
  await bench.until('a write', async () => (await write(app, 'before')).status === 201);
  await bench.docker('kill', primary);
  const startedAt = performance.now();
  await bench.until('a write on the new primary', async () => (await write(app, 'after')).status === 201);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect((await texts(app))[0]).toBe('after');
});

it('says which variable is missing', async () => {
  const container = await bench.start({ image, env: { DB_KIND: 'mysql', DB_HOST: 'nowhere' } });
  expect((await bench.docker('wait', container)).stdout.trim()).toBe('2');
  expect((await bench.docker('logs', container)).stderr).toContain('DB_DATABASE');
});
