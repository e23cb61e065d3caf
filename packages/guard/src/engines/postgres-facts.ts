import type { EngineFacts, TimelineSwitch } from '@flotilla/model';

/**
 * `received` may be null after a restart, and the position of a primary may not be asked of a replica: hence the cases.
 * The timeline of a freshly promoted node stands in its write-ahead log before it stands in its control file; that of a replica without
 * an upstream may stand in the names of its log's files alone, because its control file learns of it by the next restart point.
 * The last sixteen digits of a log file's name are its position, in units of 4 GiB and of one file.
 */
export const FACTS_QUERY = `
SELECT r AS "isReplica",
  (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
  CASE WHEN r
    THEN greatest(c.timeline_id, coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (
      SELECT max(('x' || substr(name, 1, 8))::bit(32)::int) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$')))
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
  CASE WHEN r
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
    ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn AS lsn,
  CASE WHEN r THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END AS "replayLsn",
  CASE WHEN r THEN coalesce((SELECT status = 'streaming' FROM pg_stat_wal_receiver), false) END AS streaming,
  CASE WHEN NOT r THEN NULL
    WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 END AS "lagMs",
  CASE WHEN NOT r THEN (
    SELECT ('x' || substr(oldest, 1, 8))::bit(32)::bigint * 4294967296
         + ('x' || substr(oldest, 9, 8))::bit(32)::bigint * pg_size_bytes(current_setting('wal_segment_size'))
      FROM (SELECT min(substr(name, 9)) AS oldest FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') AS files) END AS "sendsFrom",
  current_setting('synchronous_standby_names') AS "standbyNames",
  CASE WHEN NOT r THEN (
    SELECT json_agg(json_build_object('name', application_name, 'isStreaming', state = 'streaming', 'repliedAt', reply_time,
        'behindBytes', pg_current_wal_flush_lsn() - flush_lsn))
      FROM pg_stat_replication) END AS standbys
FROM pg_is_in_recovery() AS r, pg_control_checkpoint() AS c`;

/** One connection of a standby as the primary sees it. */
export type StandbyRow = {
  readonly name: string;
  readonly isStreaming: boolean;
  /** By the standby's clock, which may be any: only its change means something. */
  readonly repliedAt: string | null;
  /** What it has not confirmed to be on its disk. */
  readonly behindBytes: number | null;
};

/** The one row that `FACTS_QUERY` gives. */
export type FactsRow = {
  readonly isReplica: boolean;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly lsn: string | null;
  readonly replayLsn: string | null;
  readonly streaming: boolean | null;
  readonly lagMs: string | null;
  readonly sendsFrom: string | null;
  /** The setting that commits wait by; empty when they wait for nobody. */
  readonly standbyNames: string;
  readonly standbys: readonly StandbyRow[] | null;
};

/** Gives the facts of a running engine: what it answered, and what only its wrapper knows. */
export function factsOfRow(row: FactsRow, written: EngineFacts): EngineFacts {
  return {
    state: 'running',
    role: row.isReplica ? 'replica' : 'primary',
    systemIdentifier: row.systemIdentifier,
    timeline: row.timeline,
    ...(row.lsn === null ? {} : { lsn: row.lsn }),
    ...(row.replayLsn === null ? {} : { replayLsn: row.replayLsn }),
    ...(row.streaming === null ? {} : { streaming: row.streaming }),
    ...(row.lagMs === null ? {} : { lagMs: Math.round(Number(row.lagMs)) }),
    ...(row.sendsFrom === null ? {} : { sendsFrom: row.sendsFrom }),
    ...historyUpTo(row.timeline, written.history),
    ...(written.startId === undefined ? {} : { startId: written.startId }),
    ...(written.provisioned === undefined ? {} : { provisioned: written.provisioned }),
  };
}

/** The wrapper may not have seen the newest history yet: one that does not reach the timeline before ours is left out. */
function historyUpTo(
  timeline: number,
  history: readonly TimelineSwitch[] | undefined,
): { readonly history?: readonly TimelineSwitch[] } {
  if (timeline === 1) return { history: [] };
  const earlier = history?.filter((step) => step.timeline < timeline);
  const isWhole = earlier !== undefined && earlier.length > 0 && earlier.length === history?.length;
  return isWhole ? { history: earlier } : {};
}
