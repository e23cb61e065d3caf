import { paths } from '@flotilla/model';

import { demand } from './demand.ts';
import { ACQUIRE_LOCK, BREAK_LOCK, KEEP_LOCK, RELEASE_LOCK } from './lock-scripts.ts';
import { printable } from './printable.ts';
import { remoteScript } from './quote.ts';
import type { RemoteServer } from './remote.ts';

/** Who holds a lock and why. A `failover` outranks a `deploy`. */
export type LockOwner = {
  readonly kind: 'deploy' | 'failover';
  /** Person or job: `maria@laptop`, `actions run 42`. */
  readonly holder: string;
  readonly reason: string;
  /** Time of taking, ISO 8601 UTC, by the holder's clock; for people. */
  readonly at: string;
};

/** A lock that we hold on one server. Later locks have greater tokens. */
export type ServerLock = {
  readonly server: RemoteServer;
  readonly environment: string;
  readonly token: number;
  /** How long it outlives its last heartbeat; LOCK_TTL_SECONDS when absent. */
  readonly ttlSeconds?: number;
};

export type AcquireResult =
  | { readonly kind: 'taken'; readonly lock: ServerLock }
  | { readonly kind: 'held'; readonly owner: LockOwner };

/** `preempted`: a failover took over. `lost`: it expired or somebody broke it, and perhaps took it. */
export type LockState =
  | { readonly kind: 'kept' }
  | { readonly kind: 'preempted'; readonly by: LockOwner }
  | { readonly kind: 'lost' };

/** How long a lock outlives its last heartbeat, in seconds, unless its holder asks for another time. */
export const LOCK_TTL_SECONDS = 60;
const TIMEOUT_MS = 20_000;

type LockRequest = {
  readonly environment: string;
  readonly owner: LockOwner;
  /** LOCK_TTL_SECONDS when absent. */
  readonly ttlSeconds?: number;
};

/**
 * Takes the environment's lock on one server, or says who holds it. A failover takes it from a deploy, whose `keepLock` then
 * answers `preempted`. Throws EXEC_UNREACHABLE, EXEC_TIMEOUT or EXEC_REMOTE_FAILED.
 * @example await acquireLock(server, { environment: 'waybill', owner: { kind: 'deploy', holder, reason, at } })
 */
export async function acquireLock(
  server: RemoteServer,
  { environment, owner, ttlSeconds }: LockRequest,
): Promise<AcquireResult> {
  const seconds = String(ttlSeconds ?? LOCK_TTL_SECONDS);
  const args = [paths.lock(environment), owner.kind, seconds, JSON.stringify(owner)];
  const { stdout } = await run(server, 'taking the lock', remoteScript(ACQUIRE_LOCK, args));
  const [answer = '', ...rest] = stdout.split('\n');
  const token = /^taken (\d+)$/.exec(answer)?.[1];
  const lasting = ttlSeconds === undefined ? {} : { ttlSeconds };
  if (token !== undefined) return { kind: 'taken', lock: { server, environment, token: Number(token), ...lasting } };
  return { kind: 'held', owner: parseLockOwner(rest.join('\n')) };
}

/** Extends a lock and says whether it is still ours: the heartbeat and the safe point in one. */
export async function keepLock({ server, environment, token, ttlSeconds }: ServerLock): Promise<LockState> {
  const args = [paths.lock(environment), String(token), String(ttlSeconds ?? LOCK_TTL_SECONDS)];
  const { stdout } = await run(server, 'keeping the lock', remoteScript(KEEP_LOCK, args));
  const [answer, ...rest] = stdout.split('\n');
  if (answer === 'kept') return { kind: 'kept' };
  return answer === 'preempted' ? { kind: 'preempted', by: parseLockOwner(rest.join('\n')) } : { kind: 'lost' };
}

/** Gives a lock back; does nothing when it is no longer ours. */
export async function releaseLock({ server, environment, token }: ServerLock): Promise<void> {
  await run(server, 'releasing the lock', remoteScript(RELEASE_LOCK, [paths.lock(environment), String(token)]));
}

/** Removes the lock of a server whoever holds it, and gives the owner it had; `undefined` when there was no lock. */
export async function breakLock(server: RemoteServer, environment: string): Promise<LockOwner | undefined> {
  const { stdout } = await run(server, 'breaking the lock', remoteScript(BREAK_LOCK, [paths.lock(environment)]));
  return stdout.trim() === '' ? undefined : parseLockOwner(stdout);
}

/** Gives the owner in an `owner.json`; unknown fields read `unknown`, because a damaged lock is still a lock. */
export function parseLockOwner(text: string): LockOwner {
  const record = parseRecord(text);
  const field = (name: string) => (typeof record[name] === 'string' ? printable(record[name]) : 'unknown');
  return {
    kind: record['kind'] === 'failover' ? 'failover' : 'deploy',
    holder: field('holder'),
    reason: field('reason'),
    at: field('at'),
  };
}

function parseRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function run(server: RemoteServer, action: string, argv: readonly [string, ...string[]]) {
  return demand(server, { action, argv, timeoutMs: TIMEOUT_MS });
}
