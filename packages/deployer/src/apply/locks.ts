import { acquireLock, keepLock, LOCK_TTL_SECONDS, pollUntil, releaseLock } from '@flotilla/exec';
import type { Clock, LockOwner, RemoteServer, ServerLock } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { EventSink } from '../events.ts';
import type { DeployContext } from './context.ts';

/** Who asks for locks, and on what. */
export type LockRequest = {
  readonly environment: string;
  /** Taken one after another in this order, which must be the same for everybody: sorted by name. */
  readonly servers: readonly RemoteServer[];
  readonly owner: LockOwner;
  readonly clock: Clock;
  readonly events: EventSink;
};

/** A lock that nobody renews is free by then; one that is still held belongs to a tool that is at work. */
const PATIENCE = { intervalMs: 3_000, timeoutMs: (LOCK_TTL_SECONDS + 5) * 1_000 };

/**
 * Takes the locks of all servers or of none. Waits for a deploy's lock as long as it could be that of a tool that died. Throws
 * DEPLOY_LOCK_HELD, or what a server failed with.
 */
export async function takeLocks(request: LockRequest): Promise<readonly ServerLock[]> {
  const taken: ServerLock[] = [];
  try {
    for (const server of request.servers) taken.push(await takeLock(request, server, taken));
    return taken;
  } catch (error) {
    await releaseLocks(taken);
    throw error;
  }
}

async function takeLock(
  { environment, owner, clock, events }: LockRequest,
  server: RemoteServer,
  taken: readonly ServerLock[],
): Promise<ServerLock> {
  let heldBy: LockOwner = owner;
  let isTold = false;
  const lock = await pollUntil(
    async () => {
      const result = await acquireLock(server, { environment, owner });
      if (result.kind === 'taken') return result.lock;
      heldBy = result.owner;
      if (heldBy.kind === 'failover') return 'refused';
      if (!isTold) events({ kind: 'waiting-for-lock', server: server.name, owner: heldBy });
      isTold = true;
      await Promise.all(taken.map((one) => keepLock(one)));
      return undefined;
    },
    { ...PATIENCE, clock },
  );
  if (lock !== undefined && lock !== 'refused') return lock;
  const { holder, reason } = heldBy;
  throw new FlotillaError('DEPLOY_LOCK_HELD', { server: server.name, holder, reason, environment });
}

/** Gives locks back. A server that does not answer keeps its lock until it expires. */
export async function releaseLocks(locks: readonly ServerLock[]): Promise<void> {
  await Promise.all(locks.map((lock) => releaseLock(lock).catch(ignoreRemoteFailure)));
}

/** Extends the locks in the background until `signal` aborts. What it finds out is left to the next safe point. */
export async function beat(locks: ReadonlyMap<string, ServerLock>, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep((LOCK_TTL_SECONDS / 3) * 1_000, signal);
    if (signal.aborted) return;
    await Promise.all([...locks.values()].map((lock) => keepLock(lock).catch(ignoreRemoteFailure)));
  }
}

/** A lock of a failover ends this soon after its holder died. */
const AFTER_HAND_OVER = { intervalMs: 500, timeoutMs: 20_000 };

/**
 * Takes back the locks that a hand-over of our own took from us, and puts them into `locks`. A token that is more than one further than
 * the hand-over's tells that somebody else held the lock in between. Throws DEPLOY_PREEMPTED or DEPLOY_LOCK_LOST.
 */
export async function retakeLocks(
  locks: Map<string, ServerLock>,
  { owner, clock }: Pick<LockRequest, 'owner' | 'clock'>,
): Promise<void> {
  const results = await Promise.allSettled(
    [...locks].map(async ([name, lock]) => {
      const again = await retakeLock(lock, { owner, clock });
      locks.set(name, again);
      if (again.token > lock.token + 2) throw new FlotillaError('DEPLOY_LOCK_LOST', { server: name });
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function retakeLock(
  lock: ServerLock,
  { owner, clock }: Pick<LockRequest, 'owner' | 'clock'>,
): Promise<ServerLock> {
  const state = await keepLock(lock).catch(ignoreRemoteFailure);
  // A server that does not answer is left to its own step, as at a safe point.
  if (state === undefined || state.kind === 'kept') return lock;
  let by: LockOwner | undefined;
  const again = await pollUntil(
    async () => {
      const result = await acquireLock(lock.server, { environment: lock.environment, owner });
      if (result.kind === 'taken') return result.lock;
      by = result.owner;
      return undefined;
    },
    { ...AFTER_HAND_OVER, clock },
  );
  if (again !== undefined) return again;
  const { holder = 'unknown', reason = 'unknown' } = by ?? {};
  throw new FlotillaError('DEPLOY_PREEMPTED', { server: lock.server.name, holder, reason });
}

/**
 * Checks between two steps that every lock is still ours. Throws DEPLOY_PREEMPTED or DEPLOY_LOCK_LOST. A server that does not answer
 * is passed over: its own step will find out.
 */
export async function safePoint({ locks, events }: DeployContext): Promise<void> {
  const checks = [...locks.values()].map(async (lock) => {
    const state = await keepLock(lock).catch(ignoreRemoteFailure);
    return { server: lock.server.name, state };
  });
  for (const { server, state } of await Promise.all(checks)) {
    if (state?.kind === 'preempted') {
      events({ kind: 'preempted', server, by: state.by });
      throw new FlotillaError('DEPLOY_PREEMPTED', { server, holder: state.by.holder, reason: state.by.reason });
    }
    if (state?.kind === 'lost') throw new FlotillaError('DEPLOY_LOCK_LOST', { server });
  }
}

function ignoreRemoteFailure(error: unknown): undefined {
  if (error instanceof FlotillaError) return undefined;
  throw error;
}
