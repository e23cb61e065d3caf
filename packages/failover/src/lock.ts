import { acquireLock, keepLock, releaseLock } from '@flotilla/exec';
import type { LockOwner, ServerLock } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { Session } from './session.ts';

/** A tool that died must not keep the next one waiting for long: the claimed term, not the lock, keeps two apart. */
const TTL_SECONDS = 15;
const BEAT_MS = 5_000;

/** The lock that a command works under. */
export type HeldLock = {
  /** Asked right before the first change: throws FAILOVER_LOCK_LOST when a server does not hold the lock for this command any more. */
  confirm(): Promise<void>;
};

/**
 * Takes the failover lock on every named server, runs `work` while it keeps them, and gives them back. A deploy that holds one stops
 * at its next safe point; another failover makes this throw DEPLOY_LOCK_HELD.
 */
export async function withFailoverLock<T>(
  session: Session,
  options: { readonly servers: readonly string[]; readonly reason: string },
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const taken: ServerLock[] = [];
  const ending = new AbortController();
  let beating: Promise<void> | undefined;
  try {
    await takeAll(session, options, taken);
    session.say('lock', `holding ${taken.length} servers`);
    beating = beat(session, taken, ending.signal);
    return await work({ confirm: () => confirmAll(session, taken) });
  } finally {
    ending.abort();
    await beating;
    // A server that died in between keeps its lock until it expires.
    await Promise.allSettled(taken.map(releaseLock));
  }
}

type Request = { readonly servers: readonly string[]; readonly reason: string };

/** The first server decides between two who ask at once; without it each could hold some and refuse the other. */
async function takeAll(session: Session, { servers, reason }: Request, taken: ServerLock[]): Promise<void> {
  const at = new Date(session.clock.now()).toISOString();
  const owner = { kind: 'failover', holder: session.holder, reason, at } as const;
  const [first, ...rest] = servers.toSorted();
  if (first === undefined) return;
  await take(session, { server: first, owner }, taken);
  const attempts = await Promise.allSettled(rest.map((server) => take(session, { server, owner }, taken)));
  const failed = attempts.find((attempt) => attempt.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function take(
  { lasting, target }: Session,
  { server, owner }: { readonly server: string; readonly owner: LockOwner },
  taken: ServerLock[],
): Promise<void> {
  const { environment } = target;
  const result = await acquireLock(lasting.fleet.server(server), { environment, owner, ttlSeconds: TTL_SECONDS });
  if (result.kind === 'taken') {
    taken.push(result.lock);
    return;
  }
  const { holder, reason } = result.owner;
  throw new FlotillaError('DEPLOY_LOCK_HELD', { server, holder, reason, environment });
}

/** A lock that cannot be kept is no reason to stop half-way: the claim still holds. */
async function beat({ lasting }: Session, locks: readonly ServerLock[], signal: AbortSignal): Promise<void> {
  for (;;) {
    await lasting.clock.sleep(BEAT_MS, signal);
    if (signal.aborted) return;
    await Promise.allSettled(locks.map(keepLock));
  }
}

/** A server that died in the meantime holds nothing against anybody. */
async function confirmAll({ target }: Session, locks: readonly ServerLock[]): Promise<void> {
  const states = await Promise.allSettled(locks.map(keepLock));
  const lost = states.flatMap((state, index) => {
    const isLost = state.status === 'fulfilled' && state.value.kind !== 'kept';
    return isLost ? [locks[index]?.server.name ?? ''] : [];
  });
  if (lost.length > 0) throw new FlotillaError('FAILOVER_LOCK_LOST', { service: target.service, servers: lost });
}
