import type { EngineFacts, SynchronousMode } from '@flotilla/model';

import { isOn, parseSemiSync, withSynchronous } from './semi-sync.ts';
import type { SemiSync } from './semi-sync.ts';
import { startOfPidFile } from './sql-engine.ts';
import type { SqlSession } from './sql-session.ts';

/** What keeps clients out: no statement, so that each new session of theirs ends at its first one. Whoever has CONNECTION ADMIN is let in. */
export const DOOR = 'closed by flotilla';

/** What a running MariaDB says of itself, of about one moment. */
export type MariadbState = SemiSync & {
  /** The wrapper names the file after the start of the engine. */
  readonly pidFile: string;
  readonly isReadOnly: boolean;
  readonly door: string;
  readonly executed: string;
  readonly systemIdentifier: string | null;
  /** Absent while it follows nobody. */
  readonly replica: ReplicaStatus | undefined;
};

/** What `SHOW SLAVE STATUS` says, under its own names. */
export type ReplicaStatus = {
  readonly Master_Host: string;
  readonly Master_Port: number;
  readonly Slave_IO_Running: 'Yes' | 'No' | 'Connecting' | 'Preparing';
  readonly Slave_SQL_Running: 'Yes' | 'No';
  readonly Gtid_IO_Pos: string;
  readonly Gtid_Slave_Pos?: string;
  readonly Seconds_Behind_Master: number | null;
  readonly Last_SQL_Error: string;
};

const STATE = `
SELECT @@GLOBAL.pid_file AS pidFile, @@GLOBAL.read_only AS isReadOnly, @@GLOBAL.init_connect AS door,
  @@GLOBAL.gtid_binlog_state AS executed, (SELECT id FROM flotilla.identity LIMIT 1) AS systemIdentifier,
  @@GLOBAL.rpl_semi_sync_master_enabled AS waits,
  (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Rpl_semi_sync_master_status') AS isWaiting,
  (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Rpl_semi_sync_master_clients') AS confirming,
  (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Rpl_semi_sync_slave_status') AS confirms,
  (SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for semi-sync ACK%' AND time >= 1) AS stuck`;

type Texts = Pick<MariadbState, 'pidFile' | 'door' | 'executed' | 'systemIdentifier'>;

/** Counts come as text or as numbers, and what may be on or off as either as well. */
type Row = Texts & Readonly<Record<Exclude<keyof MariadbState, keyof Texts | 'replica'>, unknown>>;

/** Reads the state of the engine. Throws when it does not answer. */
export async function readState(session: SqlSession): Promise<MariadbState> {
  const row = (await session.query<Row>(STATE))[0];
  if (row === undefined) throw new Error('the engine told nothing of itself');
  const replica = (await session.query<ReplicaStatus>('SHOW SLAVE STATUS')).find(
    ({ Master_Host }) => Master_Host !== '',
  );
  const position = (await session.query<{ readonly at: string }>('SELECT @@GLOBAL.gtid_slave_pos AS at'))[0]?.at ?? '';
  return {
    ...row,
    ...parseSemiSync(row),
    isReadOnly: isOn(row.isReadOnly),
    replica: replica === undefined ? undefined : { ...replica, Gtid_Slave_Pos: position },
  };
}

/** True when the replica has applied all that it received: the last number of each domain. */
export function hasApplied({
  Gtid_IO_Pos,
  Gtid_Slave_Pos = '',
}: Pick<ReplicaStatus, 'Gtid_IO_Pos' | 'Gtid_Slave_Pos'>): boolean {
  const applied = lastOfDomains(Gtid_Slave_Pos);
  return [...lastOfDomains(Gtid_IO_Pos)].every(([domain, last]) => (applied.get(domain) ?? 0n) >= last);
}

function lastOfDomains(position: string): ReadonlyMap<string, bigint> {
  return new Map(
    [...position.matchAll(/(\d+)-\d+-(\d+)/g)].map(([, domain = '', last = '0']) => [domain, BigInt(last)]),
  );
}

/** Gives the facts of a running engine under the guard. A replica that was started anew keeps its role until it is told otherwise. */
export function factsOf(
  state: MariadbState,
  session: SqlSession,
  synchronous: SynchronousMode | undefined,
): Promise<EngineFacts> {
  return withSynchronous(plainFacts(state), state, { session, mode: synchronous, listing: 'SHOW SLAVE HOSTS' });
}

function plainFacts(state: MariadbState): EngineFacts {
  const { replica } = state;
  const isPrimary = replica === undefined && !state.isReadOnly;
  return {
    state: 'running',
    role: replica !== undefined ? 'replica' : isPrimary ? 'primary' : 'none',
    startId: startOfPidFile(state.pidFile),
    position: {
      kind: 'gtid-list',
      executed: state.executed,
      ...(replica === undefined ? {} : { received: replica.Gtid_IO_Pos }),
    },
    ...(state.systemIdentifier === null ? {} : { systemIdentifier: state.systemIdentifier }),
    ...(replica === undefined ? {} : { streaming: isStreaming(replica), ...lagOf(replica) }),
    ...(isPrimary ? { admits: state.door === '' } : {}),
  };
}

function isStreaming({ Slave_IO_Running, Slave_SQL_Running }: ReplicaStatus): boolean {
  return Slave_IO_Running === 'Yes' && Slave_SQL_Running === 'Yes';
}

function lagOf(replica: ReplicaStatus): { readonly lagMs?: number } {
  if (hasApplied(replica)) return { lagMs: 0 };
  const seconds = replica.Seconds_Behind_Master;
  return seconds === null ? {} : { lagMs: seconds * 1_000 };
}
