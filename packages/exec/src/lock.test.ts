import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { acquireLock, breakLock, keepLock, parseLockOwner, releaseLock } from './lock.ts';
import type { LockOwner, ServerLock } from './lock.ts';
import type { RemoteServer } from './remote.ts';
import { spawnRunner } from './spawn.ts';

const deploy: LockOwner = {
  kind: 'deploy',
  holder: "maria's laptop",
  reason: 'release $7',
  at: '2026-01-01T00:00:00Z',
};
const failover: LockOwner = { ...deploy, kind: 'failover', holder: 'ops', reason: 'db1 is down' };

let folder = '';
let server: RemoteServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  server = localServer(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A server whose /var/lib/flotilla is a folder of this test; the scripts run in the real shell. */
function localServer(root: string): RemoteServer {
  const runner = spawnRunner();
  return {
    name: 'here',
    host: '192.0.2.1',
    run: async ({ argv, ...rest }) => {
      const [program, ...args] = argv.map((word) => word.replaceAll('/var/lib/flotilla', root));
      return { ...(await runner.run({ ...rest, argv: [program ?? '', ...args] })), unreachable: false };
    },
  };
}

async function take(owner: LockOwner): Promise<ServerLock> {
  const result = await acquireLock(server, { environment: 'waybill', owner });
  if (result.kind !== 'taken') throw new Error('the lock was not free');
  return result.lock;
}

async function expire(): Promise<void> {
  await server.run({ argv: ['sh', '-c', 'echo 1 >/var/lib/flotilla/waybill/lock/expires'], timeoutMs: 5_000 });
}

describe('a lock on a server', () => {
  it('is given to one and refused to the next, with the owner', async () => {
    await take(deploy);
    const second = await acquireLock(server, { environment: 'waybill', owner: { ...deploy, holder: 'other' } });
    expect(second).toEqual({ kind: 'held', owner: deploy });
  });

  it('is given to exactly one of many who ask at once', async () => {
    const asking = Array.from({ length: 8 }, () => acquireLock(server, { environment: 'waybill', owner: deploy }));
    const results = await Promise.all(asking);
    expect(results.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
  });

  it('can be taken again once released, with a greater token', async () => {
    const first = await take(deploy);
    await releaseLock(first);
    expect((await take(deploy)).token).toBeGreaterThan(first.token);
  });

  it('can be taken once it has expired; the old holder then finds it lost and releases nothing', async () => {
    const first = await take(deploy);
    await expire();
    const second = await take({ ...deploy, holder: 'other' });
    expect(await keepLock(first)).toEqual({ kind: 'lost' });
    await releaseLock(first);
    expect(await keepLock(second)).toEqual({ kind: 'kept' });
  });

  it('lives on with its heartbeat', async () => {
    const lock = await take(deploy);
    await expire();
    await keepLock(lock);
    expect((await acquireLock(server, { environment: 'waybill', owner: deploy })).kind).toBe('held');
  });

  it('is taken from a deploy by a failover, and the deploy learns by whom', async () => {
    const lock = await take(deploy);
    await take(failover);
    expect(await keepLock(lock)).toEqual({ kind: 'preempted', by: failover });
  });

  it.each([deploy, failover])('is not taken from a failover by a $kind', async (owner) => {
    await take(failover);
    expect((await acquireLock(server, { environment: 'waybill', owner })).kind).toBe('held');
  });

  it('is removed by unlock, which says whose it was', async () => {
    await take(deploy);
    expect(await breakLock(server, 'waybill')).toEqual(deploy);
    expect(await breakLock(server, 'waybill')).toBeUndefined();
  });

  it('fails with a code when the server does not do what it is told', async () => {
    const broken: RemoteServer = { ...server, run: (command) => server.run({ ...command, argv: ['false'] }) };
    const taking = acquireLock(broken, { environment: 'waybill', owner: deploy });
    await expect(taking).rejects.toMatchObject({ code: 'EXEC_REMOTE_FAILED' });
  });
});

describe('parseLockOwner', () => {
  it('reads a damaged record as a lock of somebody unknown', () => {
    expect(parseLockOwner('{"hol').holder).toBe('unknown');
    expect(parseLockOwner('7').holder).toBe('unknown');
  });
});
