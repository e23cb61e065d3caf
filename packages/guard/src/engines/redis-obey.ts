import type { GuardVerdict } from '@flotilla/model';

import type { Upstream } from './engine.ts';
import type { RedisLink } from './redis-link.ts';

/** Port inside the container. */
const PORT = '6379';
/** Longer than anything stays closed; with it Redis also leaves expired keys alone, so that its position stands still. */
const PAUSE_MS = String(365 * 24 * 3_600_000);

/** What there is to be changed. */
type Standing = { readonly isListening: boolean; readonly follows: string | undefined; readonly isFollower: boolean };

/**
 * Carries a guard's verdict out: closed and private are a Redis without a port and without clients, which ships what it has to its
 * replicas. What is done already costs one question. Throws what the engine says.
 */
export async function obeyGuard(
  link: RedisLink,
  verdict: Exclude<GuardVerdict, { kind: 'yielded' }>,
  upstream: Upstream | undefined,
): Promise<void> {
  const standing = await ask(link);
  switch (verdict.kind) {
    case 'closed':
    case 'private':
      return close(link, standing);
    case 'open':
      return open(link, standing);
    case 'replica':
      return upstream === undefined ? undefined : follow(link, standing, upstream);
    default:
      throw new Error(`unreachable: ${String(verdict satisfies never)}`);
  }
}

async function ask(link: RedisLink): Promise<Standing> {
  const [role, port] = await link.ask(['ROLE'], ['CONFIG', 'GET', 'port']);
  const words: readonly unknown[] = Array.isArray(role) ? role : [];
  const isFollower = words[0] === 'slave';
  const follows = isFollower ? `${String(words[1])} ${String(words[2])}` : undefined;
  return { isListening: Array.isArray(port) && port[1] !== '0', follows, isFollower };
}

/** In one transaction: no client slips in between. Replicas keep their links, and receive what they lack. */
async function close(link: RedisLink, { isListening, isFollower }: Standing): Promise<void> {
  if (!isListening) return;
  const pause = isFollower ? [] : [['CLIENT', 'PAUSE', PAUSE_MS, 'WRITE']];
  await transact(link, [
    ['CONFIG', 'SET', 'port', '0'],
    ...pause,
    ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes'],
  ]);
}

async function open(link: RedisLink, { isListening, isFollower }: Standing): Promise<void> {
  if (isListening || isFollower) return;
  await transact(link, [
    ['CLIENT', 'UNPAUSE'],
    ['CONFIG', 'SET', 'port', PORT],
  ]);
}

async function follow(link: RedisLink, { isListening, follows }: Standing, { host, port }: Upstream): Promise<void> {
  const commands = [
    ...(follows === `${host} ${port}` ? [] : [['REPLICAOF', host, String(port)]]),
    ...(isListening
      ? []
      : [
          ['CLIENT', 'UNPAUSE'],
          ['CONFIG', 'SET', 'port', PORT],
        ]),
  ];
  if (commands.length > 0) await transact(link, commands);
}

async function transact(link: RedisLink, commands: readonly (readonly string[])[]): Promise<void> {
  await link.ask(['MULTI'], ...commands, ['EXEC']);
}
