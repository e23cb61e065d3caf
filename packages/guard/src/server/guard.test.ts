import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EngineFacts, GuardConfig } from '@flotilla/model';
import { afterEach, expect, test } from 'vitest';

import type { Engine } from '../engines/engine.ts';
import { readWith, runningPrimary } from '../policy/testing.ts';
import type { PeerRead } from '../policy/view.ts';
import { startGuard } from './guard.ts';
import type { RunningGuard } from './guard.ts';

const config: GuardConfig = {
  environment: 'test',
  server: 'db1',
  servers: { db1: '192.0.2.13', db2: '192.0.2.14' },
  services: [{ service: 'database', kind: 'postgres', control: 'guard', members: ['db1', 'db2'], port: 5432 }],
};

const running: { guard: RunningGuard; folder: string }[] = [];

afterEach(async () => {
  for (const { guard, folder } of running.splice(0)) {
    await guard.stop();
    rmSync(folder, { recursive: true });
  }
});

/** An engine that is whatever the test says, and that can be promoted. */
function fakeEngine(facts: EngineFacts): Engine {
  let current = facts;
  return {
    observe: () => Promise.resolve(current),
    promote: () => {
      current = { ...current, role: 'primary', timeline: 2 };
      return Promise.resolve({ kind: 'promoted' });
    },
    close: () => Promise.resolve(),
  };
}

async function start(facts: EngineFacts, peer: () => PeerRead | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const controlSocket = join(folder, 'control.sock');
  const guard = await startGuard({
    config,
    places: {
      terms: join(folder, 'terms'),
      bootId: join(folder, 'boot-id'),
      controlSocket,
      runFolder: (service) => join(folder, 'run', service),
      listen: { host: '127.0.0.1', port: 0 },
    },
    engineOf: () => fakeEngine(facts),
    ask: () => Promise.resolve(peer()),
    log: () => undefined,
  });
  running.push({ guard, folder });
  const ask = (path: string) => call({ port: guard.port, path });
  const order = (path: string, body: unknown) => call({ socketPath: controlSocket, path, body: JSON.stringify(body) });
  return { folder, ask, order, verdict: () => readFileSync(join(folder, 'run/database/verdict'), 'utf8') };
}

type Call = { readonly port?: number; readonly socketPath?: string; readonly path: string; readonly body?: string };

function call({ body, ...where }: Call): Promise<{ status: number | undefined; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...where, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode,
          body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('opens after the bootstrap and answers by role', async () => {
  let peer = readWith({ record: null });
  const { ask, order, verdict } = await start(runningPrimary, () => peer);
  expect((await ask('/database/primary')).status).toBe(503);
  peer = readWith();
  expect((await order('/database/bootstrap', { holder: 'db1' })).status).toBe(200);
  expect((await ask('/database/primary')).status).toBe(200);
  expect((await ask('/database/replica')).status).toBe(503);
  expect((await ask('/health')).status).toBe(200);
  expect((await ask('/elsewhere/primary')).status).toBe(404);
  expect(verdict()).toBe('open 1 a\n');
});

test('closes before it answers a claim for another, and refuses an equal term', async () => {
  const { ask, order, verdict } = await start(runningPrimary, () => readWith());
  await order('/database/bootstrap', { holder: 'db1' });
  expect((await order('/database/claim', { term: 2, holder: 'db2' })).status).toBe(200);
  expect(verdict()).toMatch(/^closed /);
  expect((await ask('/database/primary')).status).toBe(503);
  const refused = await order('/database/claim', { term: 2, holder: 'db1' });
  expect([refused.status, refused.body['code']]).toEqual([409, 'TERM_TOO_LOW']);
});

test('promotes a replica once the silent peer is proved fenced', async () => {
  let peer: PeerRead | undefined = readWith();
  const { ask, order } = await start({ ...runningPrimary, role: 'replica' }, () => peer);
  await order('/database/bootstrap', { holder: 'db2' });
  peer = undefined;
  await order('/database/claim', { term: 2, holder: 'db1' });
  expect((await order('/database/promote', { term: 2 })).body['code']).toBe('NO_MAJORITY');
  const { bootId } = (await ask('/database/status')).body;
  await order('/database/fence', { term: 2, fenced: ['db2'], bootId });
  expect((await order('/database/promote', { term: 2 })).body['record']).toMatchObject({ term: 2, phase: 'promoted' });
  expect((await ask('/database/primary')).status).toBe(200);
});

test('refuses what is not an order', async () => {
  const { order } = await start(runningPrimary, () => undefined);
  expect((await order('/database/claim', { term: '2', holder: 'db1' })).status).toBe(400);
  expect((await order('/elsewhere/claim', { term: 2, holder: 'db1' })).status).toBe(404);
});
