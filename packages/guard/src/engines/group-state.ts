import type { EngineFacts, SynchronousFacts } from '@flotilla/model';

import { startOfPidFile } from './sql-engine.ts';
import type { SqlSession } from './sql-session.ts';

/** What a running MySQL says of itself and of its group, of one moment. */
export type GroupState = {
  readonly pidFile: string;
  readonly superReadOnly: number;
  readonly offline: number;
  readonly executed: string;
  readonly origin: string;
  readonly systemIdentifier: string | null;
  readonly received: string | null;
  /** Absent while it is in no group. */
  readonly memberState: 'ONLINE' | 'RECOVERING' | 'OFFLINE' | 'ERROR' | 'UNREACHABLE' | null;
  readonly memberRole: 'PRIMARY' | 'SECONDARY' | '' | null;
  /** Members that it counts to its group; how many of them it reaches, and how many of those have everything. */
  readonly known: number;
  readonly reached: number;
  readonly online: number;
  /** Servers of the other members that have everything, separated by commas. */
  readonly standbys: string | null;
  /** Received and not applied yet. */
  readonly queue: number | string | null;
  readonly lagMs: number | string | null;
  /** It may be its group alone. */
  readonly alone: number;
};

const STATE = `
SELECT @@GLOBAL.pid_file AS pidFile, @@GLOBAL.super_read_only AS superReadOnly, @@GLOBAL.offline_mode AS offline,
  @@GLOBAL.gtid_executed AS executed, @@GLOBAL.server_uuid AS origin,
  (SELECT id FROM flotilla.identity LIMIT 1) AS systemIdentifier,
  (SELECT received_transaction_set FROM performance_schema.replication_connection_status
     WHERE channel_name = 'group_replication_applier') AS received,
  m.member_state AS memberState, m.member_role AS memberRole,
  (SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_id <> '') AS known,
  (SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_state IN ('ONLINE', 'RECOVERING')) AS reached,
  (SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_state = 'ONLINE') AS online,
  (SELECT GROUP_CONCAT(member_host) FROM performance_schema.replication_group_members
     WHERE member_state = 'ONLINE' AND member_id <> @@GLOBAL.server_uuid) AS standbys,
  (SELECT count_transactions_remote_in_applier_queue FROM performance_schema.replication_group_member_stats
     WHERE member_id = @@GLOBAL.server_uuid) AS queue,
  (SELECT TIMESTAMPDIFF(MICROSECOND, NULLIF(MAX(last_applied_transaction_original_commit_timestamp), 0), NOW(6)) DIV 1000
     FROM performance_schema.replication_applier_status_by_worker WHERE channel_name = 'group_replication_applier') AS lagMs,
  (SELECT COUNT(*) FROM flotilla.alone WHERE member = @@GLOBAL.server_uuid) AS alone
FROM (SELECT 1) AS one
LEFT JOIN performance_schema.replication_group_members AS m ON m.member_id = @@GLOBAL.server_uuid`;

/** Reads the state of the engine. Throws when it does not answer. */
export async function readGroupState(session: SqlSession): Promise<GroupState> {
  const row = (await session.query<GroupState>(STATE))[0];
  if (row === undefined) throw new Error('the engine told nothing of itself');
  return row;
}

/** True while it is in no group, by itself or because the others expelled it. */
export function isAtRest({ memberState }: Pick<GroupState, 'memberState'>): boolean {
  return memberState === null || memberState === 'OFFLINE' || memberState === 'ERROR';
}

/** True while it may have clients: in a group with whose majority it speaks, where a majority of all `size` members has everything. */
export function maySettle(state: GroupState, size: number): boolean {
  return isWithMajority(state) && (state.online * 2 > size || state.alone > 0);
}

function isWithMajority({ memberState, reached, known }: GroupState): boolean {
  return memberState === 'ONLINE' && reached * 2 > known;
}

/** Of how many members its group should be, and whether what it says of its group is of this moment. */
export type GroupContext = { readonly size: number; readonly isTrusted: boolean };

/**
 * Gives the facts of a running member. A primary of too few members is one, for the others to join, and admits no client. One that was
 * frozen may not know yet that the group went on without it: until it is trusted again it is nothing.
 */
export function factsOfMember(state: GroupState, { size, isTrusted }: GroupContext): EngineFacts {
  const role = isTrusted ? roleOf(state) : 'none';
  const received = compact(state.received ?? '');
  const isOpen = state.offline === 0 && maySettle(state, size);
  return {
    state: 'running',
    role,
    startId: startOfPidFile(state.pidFile),
    position: {
      kind: 'gtid-set',
      executed: compact(state.executed),
      ...(role === 'primary' || received === '' ? {} : { received }),
      origin: state.origin,
    },
    ...(state.systemIdentifier === null ? {} : { systemIdentifier: state.systemIdentifier }),
    ...(role === 'replica' ? { streaming: isOpen, ...lagOf(state) } : {}),
    ...(role === 'primary' ? { admits: isOpen, synchronous: synchronousOf(state, size) } : {}),
  };
}

function roleOf(state: GroupState): EngineFacts['role'] {
  if (isAtRest(state)) return 'none';
  if (state.memberRole === 'SECONDARY') return 'replica';
  return isWithMajority(state) && state.superReadOnly === 0 ? 'primary' : 'none';
}

function lagOf({ queue, lagMs }: GroupState): { readonly lagMs?: number } {
  if (Number(queue ?? 0) === 0) return { lagMs: 0 };
  return lagMs === null ? {} : { lagMs: Math.max(0, Number(lagMs)) };
}

/** A commit is acknowledged once a majority of the group has received it, which is nobody else while it is alone. */
function synchronousOf({ standbys, alone, online }: GroupState, size: number): SynchronousFacts {
  if (online * 2 > size) return { mode: 'strict', state: 'synced', standbys: (standbys ?? '').split(',').sort() };
  return alone > 0
    ? { mode: 'preferred', state: 'degraded', standbys: [] }
    : { mode: 'strict', state: 'blocked', standbys: [] };
}

function compact(set: string): string {
  return set.replaceAll(/\s/g, '');
}
