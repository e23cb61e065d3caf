import type { EngineFacts, SynchronousFacts, SynchronousMode } from '@flotilla/model';

import type { SqlSession } from './sql-session.ts';

/** What a server of the MySQL family says of waiting for its replicas. */
export type SemiSync = {
  /** Whether it was told to wait for replicas, whether it does, and how many of them confirm. */
  readonly waits: boolean;
  readonly isWaiting: boolean;
  readonly confirming: number;
  /** Commits that have waited for a second and more. */
  readonly stuck: number;
  /** Whether the stream that runs now confirms. */
  readonly confirms: boolean;
};

/** Reads what a server said: counts come as text or as numbers, and what may be on or off as either as well. */
export function parseSemiSync(row: Readonly<Record<keyof SemiSync, unknown>>): SemiSync {
  return {
    waits: isOn(row.waits),
    isWaiting: isOn(row.isWaiting),
    confirming: Number(row.confirming),
    stuck: Number(row.stuck),
    confirms: isOn(row.confirms),
  };
}

/** Reads a value that is on or off, in every form that servers of the family give it. */
export function isOn(value: unknown): boolean {
  return value === 'ON' || Number(value) === 1;
}

type Asked = {
  readonly session: SqlSession;
  /** Absent: acknowledgements wait for nobody. */
  readonly mode: SynchronousMode | undefined;
  /** The statement that lists who streams, one row with a `Host` each. */
  readonly listing: 'SHOW REPLICAS' | 'SHOW SLAVE HOSTS';
};

/** Gives these facts, and of a primary that is to wait what its acknowledgement is worth. */
export async function withSynchronous(
  facts: EngineFacts,
  state: SemiSync,
  { session, mode, listing }: Asked,
): Promise<EngineFacts> {
  if (facts.role !== 'primary' || mode === undefined) return facts;
  // Members report themselves by the names of their servers.
  const replicas = await session.query<{ readonly Host: string }>(listing);
  const standbys = replicas.map(({ Host }) => Host);
  return { ...facts, synchronous: synchronousOf(state, mode, standbys) };
}

/** Gives what an acknowledgement of this primary is worth; `standbys` are the servers that stream from it. */
export function synchronousOf(
  { isWaiting, confirming, stuck }: Pick<SemiSync, 'isWaiting' | 'confirming' | 'stuck'>,
  mode: SynchronousMode,
  standbys: readonly string[],
): SynchronousFacts {
  const isConfirmed = confirming > 0 && stuck === 0;
  if (isWaiting && isConfirmed) return { mode, state: 'synced', standbys: [...standbys].sort() };
  // Told to wait and not waiting, it goes on alone.
  return { mode, state: isWaiting ? 'blocked' : 'degraded', standbys: [] };
}
