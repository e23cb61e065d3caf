import { join } from 'node:path';

import { databaseSecrets } from '@flotilla/model';
import type { EngineFacts, GuardedService, TimelineSwitch } from '@flotilla/model';
import { Client } from 'pg';
import type { QueryResultRow } from 'pg';

import { readIfPresent } from '../store/atomic-file.ts';
import type { Engine } from './engine.ts';
import type { EnginePlace } from './open.ts';
import { parseWrapperFacts } from './wrapper-facts.ts';

const TIMEOUT_MS = 1_000;
const PROMOTION_TIMEOUT_S = 30;

/**
 * `received` may be null after a restart, and the position of a primary may not be asked of a replica: hence the cases.
 * The timeline of a freshly promoted node stands in its write-ahead log before it stands in its control file; that of a replica without
 * an upstream may stand in the names of its log's files alone, because its control file learns of it by the next restart point.
 */
const FACTS = `
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
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 END AS "lagMs"
FROM pg_is_in_recovery() AS r, pg_control_checkpoint() AS c`;

type FactsRow = {
  readonly isReplica: boolean;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly lsn: string | null;
  readonly replayLsn: string | null;
  readonly streaming: boolean | null;
  readonly lagMs: string | null;
};

/** Gives the engine behind the wrapper's run folder. Connects on use and again after a failure. */
export function openPostgres({ service }: Pick<GuardedService, 'service'>, where: EnginePlace): Engine {
  const place = { ...where, passwordFile: join(where.secrets, databaseSecrets.guard(service)) };
  let client: Promise<Client> | undefined;
  const drop = () => {
    const old = client;
    client = undefined;
    void old?.then((open) => open.end()).catch(() => undefined);
  };
  const query = async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
    client ??= connect(place, drop);
    try {
      const open = await client;
      return (await open.query<Row>(text, [...values])).rows;
    } catch (error) {
      drop();
      throw error;
    }
  };
  return {
    observe: () => observe(place, query),
    promote: () => promote(place),
    tend: (facts, members) => tendSlots(query, slotsFor(facts, members, place.ownServer)),
    close: () => Promise.resolve(drop()),
  };
}

type PostgresPlace = EnginePlace & { readonly passwordFile: string };

type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

async function connect(place: PostgresPlace, onEnd: () => void, timeoutMs = TIMEOUT_MS): Promise<Client> {
  const client = new Client({
    host: place.runFolder,
    user: 'flotilla_guard',
    database: 'postgres',
    password: (readIfPresent(place.passwordFile) ?? '').trim(),
    application_name: 'flotilla_guard',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: timeoutMs,
  });
  client.on('error', onEnd);
  client.on('end', onEnd);
  try {
    await client.connect();
    // A statement of ours must never wait for a standby.
    await client.query('SET synchronous_commit = local');
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

async function observe(place: PostgresPlace, query: Query): Promise<EngineFacts> {
  const history = readIfPresent(join(place.runFolder, 'history'));
  const written = parseWrapperFacts(readIfPresent(join(place.runFolder, 'facts')), history);
  if (written.state !== 'running') return written;
  try {
    const row = (await query<FactsRow>(FACTS))[0];
    return row === undefined ? { ...written, state: 'unknown' } : factsOfRow(row, written);
  } catch {
    return { ...written, state: 'unknown' };
  }
}

function factsOfRow(row: FactsRow, written: EngineFacts): EngineFacts {
  return {
    state: 'running',
    role: row.isReplica ? 'replica' : 'primary',
    systemIdentifier: row.systemIdentifier,
    timeline: row.timeline,
    ...(row.lsn === null ? {} : { lsn: row.lsn }),
    ...(row.replayLsn === null ? {} : { replayLsn: row.replayLsn }),
    ...(row.streaming === null ? {} : { streaming: row.streaming }),
    ...(row.lagMs === null ? {} : { lagMs: Math.round(Number(row.lagMs)) }),
    ...historyUpTo(row.timeline, written.history),
    ...(written.startId === undefined ? {} : { startId: written.startId }),
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

async function promote(place: PostgresPlace): ReturnType<Engine['promote']> {
  // A connection of its own: the promotion may take longer than any other question is given.
  let client: Client | undefined;
  try {
    client = await connect(place, () => undefined, PROMOTION_TIMEOUT_S * 1_000 + TIMEOUT_MS);
    await client.query('SELECT pg_promote(true, $1)', [PROMOTION_TIMEOUT_S]);
    const rows = (await client.query<{ r: boolean }>('SELECT pg_is_in_recovery() AS r')).rows;
    const isPrimary = rows[0]?.r === false;
    return isPrimary ? { kind: 'promoted' } : { kind: 'failed', reason: 'still in recovery' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    void client?.end().catch(() => undefined);
  }
}

/** Gives the slot of one server: the name that the wrapper passes as `primary_slot_name`. */
function slotName(server: string): string {
  return `flotilla_${server.replaceAll('-', '_').toLowerCase()}`;
}

function slotsFor(facts: EngineFacts, members: readonly string[], ownServer: string): readonly string[] {
  return facts.role === 'primary' ? members.filter((member) => member !== ownServer).map(slotName) : [];
}

/** Slots on a node that nobody follows hold back its log until its disk is full: those that are not wanted go. */
async function tendSlots(query: Query, wanted: readonly string[]): Promise<void> {
  const rows = await query<{ name: string; active: boolean; lost: boolean }>(
    `SELECT slot_name AS name, active, coalesce(wal_status = 'lost', false) AS lost
       FROM pg_replication_slots WHERE slot_type = 'physical' AND slot_name LIKE 'flotilla\\_%'`,
  );
  for (const { name, active, lost } of rows) {
    if (!active && (lost || !wanted.includes(name))) await query('SELECT pg_drop_replication_slot($1)', [name]);
  }
  const present = rows.filter(({ lost }) => !lost).map(({ name }) => name);
  for (const name of wanted.filter((one) => !present.includes(one))) {
    await query('SELECT pg_create_physical_replication_slot($1, true)', [name]);
  }
}
