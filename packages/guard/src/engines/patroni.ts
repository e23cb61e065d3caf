import type { EngineFacts, GuardedService } from '@flotilla/model';

import type { Engine } from './engine.ts';
import type { EnginePlace } from './place.ts';
import { keepConnection, socketOf } from './postgres-connection.ts';
import { factsOfRow, FACTS_QUERY } from './postgres-facts.ts';
import type { FactsRow } from './postgres-facts.ts';
import { Synchrony } from './postgres-synchrony.ts';

/** Port of Patroni on every member's address. */
const PATRONI_PORT = 8008;
/** What is asked is in Patroni's memory: it answers at once, or is of no use. */
const TIMEOUT_MS = 1_000;
const RUNNING: EngineFacts = { state: 'running', role: 'none' };

/**
 * Gives the PostgreSQL under Patroni on one server. It is primary only while it takes writes and Patroni says that it holds the leader's
 * lock: without the lock it is one that lost its lease, without the writes one that is not promoted yet.
 */
export function openPatroni(
  service: Pick<GuardedService, 'service' | 'members' | 'synchronous'>,
  place: EnginePlace,
): Engine {
  const { query, drop } = keepConnection(socketOf(service.service, place));
  const others = service.members.filter((member) => member !== place.ownServer);
  const { synchronous: mode } = service;
  const synchrony = mode === undefined ? undefined : new Synchrony(mode, () => performance.now());
  const factsOf = async (): Promise<EngineFacts | undefined> => {
    const row = (await query<FactsRow>(FACTS_QUERY))[0];
    if (row === undefined) return undefined;
    const synchronous = synchrony === undefined || row.isReplica ? {} : { synchronous: synchrony.read(row, others) };
    return { ...factsOfRow(row, RUNNING), ...synchronous };
  };
  return {
    observe: async () => {
      const [facts, isLeader] = await Promise.all([factsOf().catch(() => undefined), holdsLock(place.ownHost)]);
      return underPatroni(facts, isLeader);
    },
    promote: () => Promise.resolve({ kind: 'failed', reason: 'Patroni decides who is primary' }),
    close: () => Promise.resolve(drop()),
  };
}

/**
 * Gives what a member is, from what its database says (`undefined`: it does not answer) and whether Patroni says that it is the leader
 * (`undefined`: no answer, and nobody knows whether the lease still stands).
 */
export function underPatroni(facts: EngineFacts | undefined, isLeader: boolean | undefined): EngineFacts {
  if (facts === undefined) return { state: 'unknown', role: 'none' };
  return facts.role === 'primary' && isLeader !== true ? { ...facts, role: 'none' } : facts;
}

async function holdsLock(host: string): Promise<boolean | undefined> {
  const authority = host.includes(':') ? `[${host}]` : host;
  try {
    // The status alone: no query to the database behind it.
    const answer = await fetch(`http://${authority}:${PATRONI_PORT}/primary`, {
      method: 'OPTIONS',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.status === 200;
  } catch {
    return undefined;
  }
}
