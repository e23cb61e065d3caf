import type { EngineFacts, GuardStatus, GuardVerdict, TermRecord } from '@flotilla/model';

import type { ContainerState, ServerView, ServiceView } from './view.ts';

/** A view of waybill's five servers for tests: db1 is primary in term 1, db2 streams; `changes` replaces whole servers. */
export function viewOf(changes: Readonly<Record<string, Partial<ServerView>>> = {}): ServiceView {
  const servers = ['lb', 'app1', 'app2', 'db1', 'db2'].map((server): ServerView => {
    const change = changes[server];
    return change?.reachable === false ? { server, ...DEAD } : { ...wellServer(server), ...change };
  });
  return { environment: 'waybill', service: 'database', members: ['db1', 'db2'], servers };
}

const TERM_1: TermRecord = { term: 1, holder: 'db1', phase: 'promoted', at: '2026-01-01T00:00:00.000Z' };

/**
 * A view of the same servers where Patroni decides: no terms, db1 runs as primary, db2 follows. Where db1 is dead, every guard has lost it
 * and remembers what it `seen` of it.
 */
export function automaticView(
  changes: Readonly<Record<string, Partial<ServerView>>> = {},
  seen: NonNullable<GuardStatus['seen']> = {},
): ServiceView {
  const view = viewOf();
  const yielded = { record: null, verdict: { kind: 'yielded', to: 'patroni' }, seen } as const;
  const unseenPeers = changes['db1']?.reachable === false ? ['db1'] : [];
  const servers = view.servers.map(({ guard, ...server }): ServerView => {
    const change = changes[server.server];
    if (change?.reachable === false) return { server: server.server, ...DEAD };
    return { ...server, unseenPeers, ...(guard === undefined ? {} : { guard: { ...guard, ...yielded } }), ...change };
  });
  return { ...view, servers };
}

/** What a guard says, with the parts that a test is about replaced. */
export function statusOf(server: string, changes: Partial<GuardStatus> = {}): GuardStatus {
  return {
    server,
    service: 'database',
    record: TERM_1,
    verdict: { kind: 'closed', reason: 'not a member' },
    engine: { state: 'unknown', role: 'none' },
    peers: {},
    remembers: {},
    votes: true,
    bootId: 'boot',
    ...changes,
  };
}

export const PRIMARY_ENGINE: EngineFacts = {
  state: 'running',
  role: 'primary',
  systemIdentifier: '7',
  timeline: 1,
  lsn: '2000',
};

export const REPLICA_ENGINE: EngineFacts = {
  state: 'running',
  role: 'replica',
  systemIdentifier: '7',
  timeline: 1,
  lsn: '1990',
  streaming: true,
};

/** A server that does not answer. */
export const DEAD = { reachable: false, container: 'unknown', unseenPeers: [] } as const;

function wellServer(server: string): ServerView {
  const engines: Readonly<Record<string, EngineFacts>> = { db1: PRIMARY_ENGINE, db2: REPLICA_ENGINE };
  const verdicts: Readonly<Record<string, GuardVerdict>> = {
    db1: { kind: 'open', term: 1 },
    db2: { kind: 'replica', of: 'db1', term: 1 },
  };
  const engine = engines[server];
  const verdict = verdicts[server];
  const guard = statusOf(server, { ...(engine ? { engine } : {}), ...(verdict ? { verdict } : {}) });
  const container: ContainerState = engine ? 'running' : 'missing';
  return { server, reachable: true, guard, container, unseenPeers: [] };
}
